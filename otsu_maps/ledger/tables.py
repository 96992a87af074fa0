"""The tables of the ledger database. Times are naive UTC with microseconds; JSON is canonical text (events.canonical).

Events are never updated or deleted. What may be erased (persons, free texts) lies in tables of its own, of which the
events hold a reference and a salted hash. Projections can be thrown away and made again from the events.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 1

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
    comment="schema_version, installation (id of this one).",
)

installation = Table(
    "installation",
    metadata,
    Column("installation_id", String, primary_key=True),
    Column("name", String, nullable=False, comment="As people call it: reception desk east, headquarters."),
    Column("is_own", Boolean, nullable=False, comment="Events are written under this one here."),
    Column("last_sequence", Integer, nullable=False, comment="Of its chain as it is known here."),
    Column("last_hash", String, nullable=False),
    Column("ahead_s", Integer, comment="How far its clock was seen ahead of the receiving one, seconds."),
    Column("seen_at", DateTime, comment="When its events last came in."),
    comment="Whose events lie here. The row of the own one is the lock and the head of the chain.",
)

event = Table(
    "event",
    metadata,
    Column("event_id", String(36), primary_key=True, comment="UUIDv7."),
    Column("installation_id", String, nullable=False, comment="Where it was recorded."),
    Column("sequence", Integer, nullable=False, comment="Place in the chain of its installation, from 1."),
    Column("incident_id", String, comment="NULL: belongs to no incident (accounts, look-ups)."),
    Column("mode", String, nullable=False, comment="real, drill or test."),
    Column("kind", String, nullable=False),
    Column("shelter_id", String, comment="Shelter, site or other place that it speaks of."),
    Column("place_name", String, comment="Its name at that time."),
    Column("occurred_at", DateTime, nullable=False, comment="When it was true."),
    Column("recorded_at", DateTime, nullable=False, comment="When it was recorded, by the clock of its installation."),
    Column("received_at", DateTime, nullable=False, comment="When it came to this database; not part of the chain."),
    Column("actor", String, nullable=False, comment="Who recorded it."),
    Column("corrects", String(36), comment="The event that this one corrects."),
    Column("payload", Text, nullable=False, comment="JSON, typed by kind (kinds.KINDS)."),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False, comment="SHA-256 of previous_hash and of the event as canonical JSON."),
    Column("topic", String, comment="Derived: what it says something about; NULL: not understood here."),
    Column("topic_key", String, comment="Derived: which one."),
    Column("to_shelter_id", String, comment="Derived: where a transfer goes."),
    Column("flag", String, comment="Derived: why it is not trusted, as a code; NULL: fine."),
    Index("event_of_topic", "incident_id", "topic", "topic_key"),
    Index("event_of_chain", "installation_id", "sequence"),
    Index("event_correcting", "corrects"),
    Index("event_received", "received_at"),
    Index("event_of_shelter", "incident_id", "shelter_id"),
    Index("event_to_shelter", "incident_id", "to_shelter_id"),
    comment="What happened. Append-only.",
)

variant = Table(
    "variant",
    metadata,
    Column("event_id", String(36), primary_key=True),
    Column("hash", String(64), primary_key=True, comment="Of the line as it came."),
    Column("received_at", DateTime, nullable=False),
    Column("reason", String, nullable=False, comment="Why it is kept aside, as a code."),
    Column("line", Text, nullable=False, comment="The event as it came."),
    comment="Imported events that contradict the one of the same id, or their own hash: kept, not counted.",
)

projection = Table(
    "projection",
    metadata,
    Column("incident_id", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("topic_key", String, primary_key=True),
    Column("shelter_id", String, comment="Where it shows."),
    Column("last_order", String, nullable=False, comment="Order of the last event that is in it."),
    Column("state", Text, nullable=False, comment="JSON."),
    Column("is_flagged", Boolean, nullable=False, comment="Something in it cannot be."),
    Index("projection_of_shelter", "incident_id", "shelter_id"),
    Index("projection_flagged", "incident_id", "is_flagged"),
    comment="The state of each topic, equal to a replay of its events.",
)

presence = Table(
    "presence",
    metadata,
    Column("incident_id", String, primary_key=True),
    Column("shelter_id", String, primary_key=True),
    Column("people", Integer, nullable=False, comment="Checked in and not out, those away for a while not among them."),
    Column("away", Integer, nullable=False, comment="Away for a while."),
    Column("refs", Integer, nullable=False, comment="References that were ever here; without any there is no row."),
    Column("last_at", String, nullable=False, comment="When the last of them came or went, ISO 8601."),
    comment="People by check-ins, kept equal to the projections of topic person.",
)

anchor = Table(
    "anchor",
    metadata,
    Column("installation_id", String, primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("hash", String(64), nullable=False),
    Column("anchored_at", DateTime, nullable=False),
    Column("place", String, nullable=False, comment="Where the hash was written down: an export, a printed sheet."),
    comment="Heads of chains that were also written down outside.",
)

contact = Table(
    "contact",
    metadata,
    Column("source", String, primary_key=True, comment="What brings messages: the feeds of JMA, a file."),
    Column("heard_at", DateTime, comment="When it was last heard, NULL: never."),
    Column("failed_at", DateTime, comment="When asking for it failed last, NULL: never."),
    Column("why", Text, comment="JSON of the reason of that failure: code and params."),
    comment="Sign of life of what brings warnings, changed in place: too many to be events. Losses and returns are.",
)

person = Table(
    "person",
    metadata,
    Column("person_ref", String, primary_key=True, comment="Opaque reference, the only trace in events."),
    Column("incident_id", String, nullable=False),
    Column("salt", String, nullable=False),
    Column("details", Text, nullable=False, comment="JSON: name, age_band, needs, allergy, contact."),
    Column(
        "may_disclose", Boolean, nullable=False, comment="The person agreed that others are told; false unless said."
    ),
    Column("recorded_at", DateTime, nullable=False),
    comment="Erasable: who a reference is.",
)

note = Table(
    "note",
    metadata,
    Column("note_id", String(36), primary_key=True),
    Column("incident_id", String),
    Column("salt", String, nullable=False),
    Column("text", Text, nullable=False),
    Column("recorded_at", DateTime, nullable=False),
    comment="Erasable: free text of events.",
)

account = Table(
    "account",
    metadata,
    Column("account_id", String(36), primary_key=True),
    Column("name", String, nullable=False, comment="Sign-in name, or the address that an identity provider gives."),
    Column("display_name", String, nullable=False),
    Column("role", String, nullable=False, comment="viewer, reception, planner, headquarters or administrator."),
    Column("password_hash", String, comment="argon2id; NULL: signs in through the identity provider only."),
    Column("is_active", Boolean, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    UniqueConstraint("name"),
    comment="Who may sign in.",
)

session = Table(
    "session",
    metadata,
    Column("token_hash", String(64), primary_key=True, comment="SHA-256 of the cookie; the cookie itself is not kept."),
    Column("account_id", String(36), nullable=False),
    Column("person", String, comment="Who sits at a shared desk now."),
    Column("created_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Index("session_of_account", "account_id"),
    comment="Who is signed in.",
)

attempt = Table(
    "attempt",
    metadata,
    Column("attempt_id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("name", String, nullable=False),
    Column("address", String, nullable=False),
    Column("failed_at", DateTime, nullable=False),
    Index("attempt_of_name", "name", "failed_at"),
    Index("attempt_of_address", "address", "failed_at"),
    comment="Failed sign-ins of the last hour, for throttling.",
)
