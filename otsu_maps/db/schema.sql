-- One snapshot of what a city knows about itself. Written once by a build, never changed afterwards.
-- Geometry is WKB in lon/lat degrees (x = lon). Times are naive UTC. NULL is "unknown", never zero and never "no".

CREATE TABLE snapshot (
    snapshot_id TEXT PRIMARY KEY,
    city_code5 TEXT NOT NULL,
    city_name_ja TEXT NOT NULL,
    city_name_en TEXT NOT NULL,
    is_demo BOOLEAN NOT NULL,
    built_at TIMESTAMP NOT NULL,
    schema_version INTEGER NOT NULL,
    program_version TEXT NOT NULL
);
COMMENT ON TABLE snapshot IS 'One row: what this file is.';
COMMENT ON COLUMN snapshot.snapshot_id IS 'Name of the file without its ending; sorts by time.';
COMMENT ON COLUMN snapshot.city_code5 IS 'JIS X 0402 code of the city, five digits.';
COMMENT ON COLUMN snapshot.city_name_ja IS 'Name of the city in Japanese.';
COMMENT ON COLUMN snapshot.city_name_en IS 'Name of the city in English.';
COMMENT ON COLUMN snapshot.is_demo IS 'Built from demo data: never to be used in a real evacuation.';
COMMENT ON COLUMN snapshot.built_at IS 'When the build started, UTC.';
COMMENT ON COLUMN snapshot.schema_version IS 'Version of this schema.';
COMMENT ON COLUMN snapshot.program_version IS 'Version of the program that built it.';

CREATE TABLE source (
    source_id TEXT PRIMARY KEY,
    title_ja TEXT NOT NULL,
    title_en TEXT NOT NULL,
    publisher_ja TEXT NOT NULL,
    publisher_en TEXT NOT NULL,
    licence TEXT NOT NULL,
    attribution TEXT NOT NULL,
    url TEXT,
    page_url TEXT,
    is_demo BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    problem_code TEXT,
    problem_params TEXT,
    format TEXT,
    files TEXT,
    sha256 TEXT,
    rows_in INTEGER,
    rows_out INTEGER,
    quarantined INTEGER,
    rows_elsewhere INTEGER,
    data_at TIMESTAMP,
    built_at TIMESTAMP,
    stale_after_days INTEGER NOT NULL
);
COMMENT ON TABLE source IS 'One row a data source: its card and what became of it in this build.';
COMMENT ON COLUMN source.source_id IS 'Key of the card in geodata/sources.toml.';
COMMENT ON COLUMN source.title_ja IS 'Title in Japanese.';
COMMENT ON COLUMN source.title_en IS 'Title in English.';
COMMENT ON COLUMN source.publisher_ja IS 'Publisher in Japanese.';
COMMENT ON COLUMN source.publisher_en IS 'Publisher in English.';
COMMENT ON COLUMN source.licence IS 'Licence as the publisher names it.';
COMMENT ON COLUMN source.attribution IS 'The line that must be shown wherever the data is.';
COMMENT ON COLUMN source.url IS 'Address of the data.';
COMMENT ON COLUMN source.page_url IS 'Address of a page about it, for people.';
COMMENT ON COLUMN source.is_demo IS 'Demo data written for this project.';
COMMENT ON COLUMN source.state IS 'fresh: read in this build; kept: the last good table stays, the source was away or changed; absent: never loaded.';
COMMENT ON COLUMN source.problem_code IS 'Why it is kept or absent: a code of the catalogues.';
COMMENT ON COLUMN source.problem_params IS 'JSON of the values in that sentence.';
COMMENT ON COLUMN source.format IS 'Format as the reader recognised it.';
COMMENT ON COLUMN source.files IS 'Names of the files read, separated by a comma.';
COMMENT ON COLUMN source.sha256 IS 'Checksum over the bytes of those files.';
COMMENT ON COLUMN source.rows_in IS 'Rows in the files; equals rows_out + quarantined + rows_elsewhere.';
COMMENT ON COLUMN source.rows_out IS 'Rows of the files that were loaded.';
COMMENT ON COLUMN source.quarantined IS 'Rows that failed the contract.';
COMMENT ON COLUMN source.rows_elsewhere IS 'Rows that speak of another city.';
COMMENT ON COLUMN source.data_at IS 'When the bytes were last known to be what the publisher offers, UTC (download or file time).';
COMMENT ON COLUMN source.built_at IS 'When the loaded table was read from the files, UTC.';
COMMENT ON COLUMN source.stale_after_days IS 'Days from data_at after which the source counts as old.';

CREATE TABLE quarantine (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    row_no INTEGER NOT NULL,
    reason_code TEXT NOT NULL,
    reason_params TEXT NOT NULL,
    value TEXT NOT NULL
);
COMMENT ON TABLE quarantine IS 'Rows that were not loaded, each with one reason.';
COMMENT ON COLUMN quarantine.source_id IS 'Source of the row.';
COMMENT ON COLUMN quarantine.file IS 'File that holds it.';
COMMENT ON COLUMN quarantine.row_no IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN quarantine.reason_code IS 'Why: a code of the catalogues.';
COMMENT ON COLUMN quarantine.reason_params IS 'JSON of the values in that sentence.';
COMMENT ON COLUMN quarantine.value IS 'The row as it came, cut at 2,000 characters.';

CREATE TABLE register_entry (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    entry_kind TEXT NOT NULL,
    id_scheme TEXT NOT NULL,
    upstream_id TEXT NOT NULL,
    premises_key TEXT,
    city_code5 TEXT,
    name_ja TEXT NOT NULL,
    name_kana TEXT,
    name_en TEXT,
    address_ja TEXT,
    lon DOUBLE NOT NULL,
    lat DOUBLE NOT NULL,
    is_for_flood BOOLEAN,
    is_for_landslide BOOLEAN,
    is_for_storm_surge BOOLEAN,
    is_for_earthquake BOOLEAN,
    is_for_tsunami BOOLEAN,
    is_for_large_fire BOOLEAN,
    is_for_inland_flood BOOLEAN,
    is_for_volcano BOOLEAN,
    flags_text_ja TEXT,
    accepts_ja TEXT,
    capacity_persons INTEGER,
    capacity_text_ja TEXT,
    elevation_m DOUBLE,
    phone TEXT,
    note_ja TEXT
);
COMMENT ON TABLE register_entry IS 'Rows of the registers as they were published, tidied: the ground that premises, sites and shelters are derived from.';
COMMENT ON COLUMN register_entry.source_id IS 'Source of the row.';
COMMENT ON COLUMN register_entry.file IS 'File that holds it.';
COMMENT ON COLUMN register_entry.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN register_entry.entry_kind IS 'site (designated emergency evacuation site) or shelter (designated shelter).';
COMMENT ON COLUMN register_entry.id_scheme IS 'Whose identifier upstream_id is: gsi or municipal.';
COMMENT ON COLUMN register_entry.upstream_id IS 'Identifier that the publisher uses.';
COMMENT ON COLUMN register_entry.premises_key IS 'First 11 characters of the GSI common id: the premises.';
COMMENT ON COLUMN register_entry.city_code5 IS 'City code that the row claims.';
COMMENT ON COLUMN register_entry.name_ja IS 'Name in Japanese.';
COMMENT ON COLUMN register_entry.name_kana IS 'Name in kana.';
COMMENT ON COLUMN register_entry.name_en IS 'Name in English.';
COMMENT ON COLUMN register_entry.address_ja IS 'Address.';
COMMENT ON COLUMN register_entry.lon IS 'Longitude, degrees.';
COMMENT ON COLUMN register_entry.lat IS 'Latitude, degrees.';
COMMENT ON COLUMN register_entry.is_for_flood IS 'Designated for floods (洪水).';
COMMENT ON COLUMN register_entry.is_for_landslide IS 'Designated for landslides (崖崩れ、土石流及び地滑り).';
COMMENT ON COLUMN register_entry.is_for_storm_surge IS 'Designated for storm surge (高潮).';
COMMENT ON COLUMN register_entry.is_for_earthquake IS 'Designated for earthquakes (地震).';
COMMENT ON COLUMN register_entry.is_for_tsunami IS 'Designated for tsunami (津波).';
COMMENT ON COLUMN register_entry.is_for_large_fire IS 'Designated for large fires (大規模な火事).';
COMMENT ON COLUMN register_entry.is_for_inland_flood IS 'Designated for inland flooding (内水氾濫).';
COMMENT ON COLUMN register_entry.is_for_volcano IS 'Designated for volcanic phenomena (火山現象).';
COMMENT ON COLUMN register_entry.flags_text_ja IS 'Flags that are conditions rather than yes or no, as published.';
COMMENT ON COLUMN register_entry.accepts_ja IS 'Whom the shelter accepts (受入対象者), as published; NULL: no limit published.';
COMMENT ON COLUMN register_entry.capacity_persons IS 'Expected capacity, where published as one plain number.';
COMMENT ON COLUMN register_entry.capacity_text_ja IS 'Expected capacity as published, where it is not one plain number.';
COMMENT ON COLUMN register_entry.elevation_m IS 'Elevation above sea level, metres.';
COMMENT ON COLUMN register_entry.phone IS 'Telephone number of the facility.';
COMMENT ON COLUMN register_entry.note_ja IS 'Remarks as published.';

CREATE TABLE city_fact (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    common_id TEXT NOT NULL,
    capacity_refuge_persons INTEGER,
    capacity_stay_persons INTEGER,
    area_m2 DOUBLE,
    needs_opening BOOLEAN,
    kind TEXT,
    is_wheelchair_ok BOOLEAN,
    toilet_count INTEGER,
    is_pet_ok BOOLEAN,
    has_power BOOLEAN,
    has_water BOOLEAN,
    contact TEXT,
    warning_area_code TEXT
);
COMMENT ON TABLE city_fact IS 'What the city itself says of a place, by the id that the register gives it.';
COMMENT ON COLUMN city_fact.source_id IS 'Source of the row.';
COMMENT ON COLUMN city_fact.file IS 'File that holds it.';
COMMENT ON COLUMN city_fact.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN city_fact.common_id IS 'Common id (共通ID) of a site or a shelter.';
COMMENT ON COLUMN city_fact.capacity_refuge_persons IS 'People it takes for a short refuge.';
COMMENT ON COLUMN city_fact.capacity_stay_persons IS 'People it takes for a stay.';
COMMENT ON COLUMN city_fact.area_m2 IS 'Usable area, square metres.';
COMMENT ON COLUMN city_fact.needs_opening IS 'False for grounds and parks that stand open at any time.';
COMMENT ON COLUMN city_fact.kind IS 'general, welfare (福祉避難所) or stranded (一時滞在施設).';
COMMENT ON COLUMN city_fact.is_wheelchair_ok IS 'A wheelchair gets in.';
COMMENT ON COLUMN city_fact.toilet_count IS 'Number of toilets.';
COMMENT ON COLUMN city_fact.is_pet_ok IS 'People may come with their pets.';
COMMENT ON COLUMN city_fact.has_power IS 'Emergency power.';
COMMENT ON COLUMN city_fact.has_water IS 'Water supply that works in a disaster.';
COMMENT ON COLUMN city_fact.contact IS 'Contact for the response staff.';
COMMENT ON COLUMN city_fact.warning_area_code IS 'JMA warning area, where the city sets it by hand.';

CREATE TABLE boundary (source_id TEXT NOT NULL, file TEXT NOT NULL, code5 TEXT NOT NULL, name_ja TEXT NOT NULL, geom BLOB NOT NULL);
COMMENT ON TABLE boundary IS 'Outline of the city.';
COMMENT ON COLUMN boundary.source_id IS 'Source of the row.';
COMMENT ON COLUMN boundary.file IS 'File that holds it.';
COMMENT ON COLUMN boundary.code5 IS 'JIS X 0402 code.';
COMMENT ON COLUMN boundary.name_ja IS 'Name.';
COMMENT ON COLUMN boundary.geom IS 'Polygon or MultiPolygon.';

CREATE TABLE warning_area (source_id TEXT NOT NULL, file TEXT NOT NULL, area_code TEXT NOT NULL, name_ja TEXT NOT NULL, geom BLOB NOT NULL);
COMMENT ON TABLE warning_area IS 'Areas that the Japan Meteorological Agency warns (二次細分区域).';
COMMENT ON COLUMN warning_area.source_id IS 'Source of the row.';
COMMENT ON COLUMN warning_area.file IS 'File that holds it.';
COMMENT ON COLUMN warning_area.area_code IS 'JMA code, seven digits.';
COMMENT ON COLUMN warning_area.name_ja IS 'Name.';
COMMENT ON COLUMN warning_area.geom IS 'Polygon or MultiPolygon.';

CREATE TABLE district (source_id TEXT NOT NULL, file TEXT NOT NULL, district_id TEXT NOT NULL, kind TEXT NOT NULL, name_ja TEXT NOT NULL, name_en TEXT, geom BLOB NOT NULL);
COMMENT ON TABLE district IS 'Districts that people here think in.';
COMMENT ON COLUMN district.source_id IS 'Source of the row.';
COMMENT ON COLUMN district.file IS 'File that holds it.';
COMMENT ON COLUMN district.district_id IS 'Identifier inside its source.';
COMMENT ON COLUMN district.kind IS 'What the districts are: 学区, 中学校区 ...';
COMMENT ON COLUMN district.name_ja IS 'Name in Japanese.';
COMMENT ON COLUMN district.name_en IS 'Name in English.';
COMMENT ON COLUMN district.geom IS 'Polygon or MultiPolygon.';

CREATE TABLE water (source_id TEXT NOT NULL, file TEXT NOT NULL, name_ja TEXT NOT NULL, geom BLOB NOT NULL);
COMMENT ON TABLE water IS 'Lakes in and around the city, for the base map.';
COMMENT ON COLUMN water.source_id IS 'Source of the row.';
COMMENT ON COLUMN water.file IS 'File that holds it.';
COMMENT ON COLUMN water.name_ja IS 'Name.';
COMMENT ON COLUMN water.geom IS 'Polygon or MultiPolygon.';

CREATE TABLE rail_line (source_id TEXT NOT NULL, file TEXT NOT NULL, name_ja TEXT NOT NULL, operator_ja TEXT, geom BLOB NOT NULL);
COMMENT ON TABLE rail_line IS 'Railway lines in and around the city.';
COMMENT ON COLUMN rail_line.source_id IS 'Source of the row.';
COMMENT ON COLUMN rail_line.file IS 'File that holds it.';
COMMENT ON COLUMN rail_line.name_ja IS 'Name of the line.';
COMMENT ON COLUMN rail_line.operator_ja IS 'Operator.';
COMMENT ON COLUMN rail_line.geom IS 'LineString or MultiLineString.';

CREATE TABLE address_point (source_id TEXT NOT NULL, file TEXT NOT NULL, town_ja TEXT NOT NULL, koaza_ja TEXT, lon DOUBLE NOT NULL, lat DOUBLE NOT NULL);
COMMENT ON TABLE address_point IS 'One point a town (町丁目, 大字).';
COMMENT ON COLUMN address_point.source_id IS 'Source of the row.';
COMMENT ON COLUMN address_point.file IS 'File that holds it.';
COMMENT ON COLUMN address_point.town_ja IS 'Town.';
COMMENT ON COLUMN address_point.koaza_ja IS 'Part of the town (小字).';
COMMENT ON COLUMN address_point.lon IS 'Longitude, degrees.';
COMMENT ON COLUMN address_point.lat IS 'Latitude, degrees.';

CREATE TABLE premises (
    premises_id TEXT PRIMARY KEY,
    premises_key TEXT,
    name_ja TEXT NOT NULL,
    lon DOUBLE NOT NULL,
    lat DOUBLE NOT NULL
);
COMMENT ON TABLE premises IS 'One piece of ground: it holds sites, shelters or both.';
COMMENT ON COLUMN premises.premises_id IS 'Internal id: stays when names and upstream ids change.';
COMMENT ON COLUMN premises.premises_key IS 'First 11 characters of the GSI common id.';
COMMENT ON COLUMN premises.name_ja IS 'Shortest name of what stands on it: a label, not an official name.';
COMMENT ON COLUMN premises.lon IS 'Longitude of its first entry, degrees.';
COMMENT ON COLUMN premises.lat IS 'Latitude of its first entry, degrees.';

CREATE TABLE site (
    site_id TEXT PRIMARY KEY,
    premises_id TEXT NOT NULL REFERENCES premises (premises_id),
    source_id TEXT NOT NULL,
    upstream_id TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_kana TEXT,
    name_en TEXT,
    address_ja TEXT,
    lon DOUBLE NOT NULL,
    lat DOUBLE NOT NULL,
    district_id TEXT,
    warning_area_code TEXT,
    is_for_flood BOOLEAN,
    is_for_landslide BOOLEAN,
    is_for_storm_surge BOOLEAN,
    is_for_earthquake BOOLEAN,
    is_for_tsunami BOOLEAN,
    is_for_large_fire BOOLEAN,
    is_for_inland_flood BOOLEAN,
    is_for_volcano BOOLEAN,
    flags_text_ja TEXT,
    note_ja TEXT
);
COMMENT ON TABLE site IS 'Designated emergency evacuation sites (指定緊急避難場所): where to save one''s life, by kind of disaster.';
COMMENT ON COLUMN site.site_id IS 'Internal id: stays when names and upstream ids change.';
COMMENT ON COLUMN site.premises_id IS 'Ground that it stands on.';
COMMENT ON COLUMN site.source_id IS 'Source of the row.';
COMMENT ON COLUMN site.upstream_id IS 'Identifier that the publisher uses now.';
COMMENT ON COLUMN site.name_ja IS 'Name in Japanese.';
COMMENT ON COLUMN site.name_kana IS 'Name in kana.';
COMMENT ON COLUMN site.name_en IS 'Name in English.';
COMMENT ON COLUMN site.address_ja IS 'Address.';
COMMENT ON COLUMN site.lon IS 'Longitude, degrees.';
COMMENT ON COLUMN site.lat IS 'Latitude, degrees.';
COMMENT ON COLUMN site.district_id IS 'District that holds the point.';
COMMENT ON COLUMN site.warning_area_code IS 'JMA warning area: set by the city, else the one that holds the point, else the nearest.';
COMMENT ON COLUMN site.is_for_flood IS 'Designated for floods (洪水).';
COMMENT ON COLUMN site.is_for_landslide IS 'Designated for landslides (崖崩れ、土石流及び地滑り).';
COMMENT ON COLUMN site.is_for_storm_surge IS 'Designated for storm surge (高潮).';
COMMENT ON COLUMN site.is_for_earthquake IS 'Designated for earthquakes (地震).';
COMMENT ON COLUMN site.is_for_tsunami IS 'Designated for tsunami (津波).';
COMMENT ON COLUMN site.is_for_large_fire IS 'Designated for large fires (大規模な火事).';
COMMENT ON COLUMN site.is_for_inland_flood IS 'Designated for inland flooding (内水氾濫).';
COMMENT ON COLUMN site.is_for_volcano IS 'Designated for volcanic phenomena (火山現象).';
COMMENT ON COLUMN site.flags_text_ja IS 'Flags that are conditions rather than yes or no, as published.';
COMMENT ON COLUMN site.note_ja IS 'Remarks as published.';

CREATE TABLE shelter (
    shelter_id TEXT PRIMARY KEY,
    premises_id TEXT NOT NULL REFERENCES premises (premises_id),
    flags_site_id TEXT REFERENCES site (site_id),
    source_id TEXT NOT NULL,
    upstream_id TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_kana TEXT,
    name_en TEXT,
    address_ja TEXT,
    lon DOUBLE NOT NULL,
    lat DOUBLE NOT NULL,
    district_id TEXT,
    warning_area_code TEXT,
    is_for_flood BOOLEAN,
    is_for_landslide BOOLEAN,
    is_for_storm_surge BOOLEAN,
    is_for_earthquake BOOLEAN,
    is_for_tsunami BOOLEAN,
    is_for_large_fire BOOLEAN,
    is_for_inland_flood BOOLEAN,
    is_for_volcano BOOLEAN,
    flags_text_ja TEXT,
    accepts_ja TEXT,
    note_ja TEXT
);
COMMENT ON TABLE shelter IS 'Designated shelters (指定避難所): where to stay once the danger is over or the home is lost.';
COMMENT ON COLUMN shelter.shelter_id IS 'Internal id: stays when names and upstream ids change.';
COMMENT ON COLUMN shelter.premises_id IS 'Ground that it stands on.';
COMMENT ON COLUMN shelter.flags_site_id IS 'Site of the same name on the same premises, whose flags it takes; NULL: its suitability is unknown.';
COMMENT ON COLUMN shelter.source_id IS 'Source of the row.';
COMMENT ON COLUMN shelter.upstream_id IS 'Identifier that the publisher uses now.';
COMMENT ON COLUMN shelter.name_ja IS 'Name in Japanese.';
COMMENT ON COLUMN shelter.name_kana IS 'Name in kana.';
COMMENT ON COLUMN shelter.name_en IS 'Name in English.';
COMMENT ON COLUMN shelter.address_ja IS 'Address.';
COMMENT ON COLUMN shelter.lon IS 'Longitude, degrees.';
COMMENT ON COLUMN shelter.lat IS 'Latitude, degrees.';
COMMENT ON COLUMN shelter.district_id IS 'District that holds the point.';
COMMENT ON COLUMN shelter.warning_area_code IS 'JMA warning area: set by the city, else the one that holds the point, else the nearest.';
COMMENT ON COLUMN shelter.is_for_flood IS 'Designated for floods (洪水), from flags_site_id.';
COMMENT ON COLUMN shelter.is_for_landslide IS 'Designated for landslides, from flags_site_id.';
COMMENT ON COLUMN shelter.is_for_storm_surge IS 'Designated for storm surge, from flags_site_id.';
COMMENT ON COLUMN shelter.is_for_earthquake IS 'Designated for earthquakes, from flags_site_id.';
COMMENT ON COLUMN shelter.is_for_tsunami IS 'Designated for tsunami, from flags_site_id.';
COMMENT ON COLUMN shelter.is_for_large_fire IS 'Designated for large fires, from flags_site_id.';
COMMENT ON COLUMN shelter.is_for_inland_flood IS 'Designated for inland flooding, from flags_site_id.';
COMMENT ON COLUMN shelter.is_for_volcano IS 'Designated for volcanic phenomena, from flags_site_id.';
COMMENT ON COLUMN shelter.flags_text_ja IS 'Flags that are conditions rather than yes or no, as published.';
COMMENT ON COLUMN shelter.accepts_ja IS 'Whom the shelter accepts (受入対象者), as published; NULL: no limit published.';
COMMENT ON COLUMN shelter.note_ja IS 'Remarks as published.';

CREATE TABLE place_fact (
    place_id TEXT PRIMARY KEY,
    capacity_refuge_persons INTEGER,
    capacity_stay_persons INTEGER,
    capacity_text_ja TEXT,
    area_m2 DOUBLE,
    needs_opening BOOLEAN,
    kind TEXT,
    is_wheelchair_ok BOOLEAN,
    toilet_count INTEGER,
    is_pet_ok BOOLEAN,
    has_power BOOLEAN,
    has_water BOOLEAN,
    contact TEXT,
    elevation_m DOUBLE
);
COMMENT ON TABLE place_fact IS 'Facts of a site or shelter beyond its designation: from the sheet of the city, else from its open data.';
COMMENT ON COLUMN place_fact.place_id IS 'site_id or shelter_id.';
COMMENT ON COLUMN place_fact.capacity_refuge_persons IS 'People it takes for a short refuge.';
COMMENT ON COLUMN place_fact.capacity_stay_persons IS 'People it takes for a stay.';
COMMENT ON COLUMN place_fact.capacity_text_ja IS 'Capacity as published, where it is not one plain number.';
COMMENT ON COLUMN place_fact.area_m2 IS 'Usable area, square metres.';
COMMENT ON COLUMN place_fact.needs_opening IS 'False for grounds and parks that stand open at any time.';
COMMENT ON COLUMN place_fact.kind IS 'general, welfare (福祉避難所) or stranded (一時滞在施設).';
COMMENT ON COLUMN place_fact.is_wheelchair_ok IS 'A wheelchair gets in.';
COMMENT ON COLUMN place_fact.toilet_count IS 'Number of toilets.';
COMMENT ON COLUMN place_fact.is_pet_ok IS 'People may come with their pets.';
COMMENT ON COLUMN place_fact.has_power IS 'Emergency power.';
COMMENT ON COLUMN place_fact.has_water IS 'Water supply that works in a disaster.';
COMMENT ON COLUMN place_fact.contact IS 'Contact: of the city''s sheet, else the telephone number of the facility.';
COMMENT ON COLUMN place_fact.elevation_m IS 'Elevation above sea level, metres.';

CREATE TABLE alias (
    entity_kind TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    scheme TEXT NOT NULL,
    value TEXT NOT NULL,
    first_seen_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    PRIMARY KEY (entity_kind, scheme, value)
);
COMMENT ON TABLE alias IS 'Every identifier that an entity had: the memory that keeps internal ids stable over rebuilds.';
COMMENT ON COLUMN alias.entity_kind IS 'premises, site or shelter.';
COMMENT ON COLUMN alias.entity_id IS 'Internal id.';
COMMENT ON COLUMN alias.scheme IS 'gsi, municipal (identifiers), or name (normalised name, rough position and internal id).';
COMMENT ON COLUMN alias.value IS 'The identifier.';
COMMENT ON COLUMN alias.first_seen_at IS 'Build that saw it first, UTC.';
COMMENT ON COLUMN alias.last_seen_at IS 'Build that saw it last, UTC.';

CREATE VIEW place AS
SELECT p.*, f.* EXCLUDE (place_id)
FROM (
    SELECT site_id AS place_id, 'site' AS place_kind, site_id AS flags_site_id, NULL::TEXT AS accepts_ja, * EXCLUDE (site_id) FROM site
    UNION ALL BY NAME
    SELECT shelter_id AS place_id, 'shelter' AS place_kind, * EXCLUDE (shelter_id) FROM shelter
) AS p
LEFT JOIN place_fact AS f USING (place_id);
COMMENT ON VIEW place IS 'Sites and shelters in one list, with their facts.';

CREATE TABLE hazard_zone (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    zone_id INTEGER NOT NULL,
    hazard TEXT NOT NULL,
    scale TEXT,
    phenomenon TEXT,
    zone_class TEXT,
    depth_min_m DOUBLE,
    depth_max_m DOUBLE,
    river_ja TEXT,
    name_ja TEXT,
    publisher_ja TEXT,
    designated_on DATE,
    geom BLOB NOT NULL
);
COMMENT ON TABLE hazard_zone IS 'Zones of hazard maps, as published.';
COMMENT ON COLUMN hazard_zone.source_id IS 'Source of the row.';
COMMENT ON COLUMN hazard_zone.file IS 'File that holds it.';
COMMENT ON COLUMN hazard_zone.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN hazard_zone.zone_id IS 'Number of the zone within this snapshot.';
COMMENT ON COLUMN hazard_zone.hazard IS 'Kind of disaster, as in models.HAZARDS.';
COMMENT ON COLUMN hazard_zone.scale IS 'design or maximum: the rain that the map assumes; NULL where it has none.';
COMMENT ON COLUMN hazard_zone.phenomenon IS 'Landslides: steep_slope, debris_flow or slide.';
COMMENT ON COLUMN hazard_zone.zone_class IS 'Landslides: warning (yellow zone) or special (red zone).';
COMMENT ON COLUMN hazard_zone.depth_min_m IS 'Water depth from, metres; NULL: unknown.';
COMMENT ON COLUMN hazard_zone.depth_max_m IS 'Water depth up to, metres; NULL: unknown or open-ended.';
COMMENT ON COLUMN hazard_zone.river_ja IS 'River.';
COMMENT ON COLUMN hazard_zone.name_ja IS 'Name or number of the zone.';
COMMENT ON COLUMN hazard_zone.publisher_ja IS 'Who made the map, as the file says.';
COMMENT ON COLUMN hazard_zone.designated_on IS 'Date of designation.';
COMMENT ON COLUMN hazard_zone.geom IS 'Polygon or MultiPolygon, WKB.';

CREATE TABLE hazard_coverage (
    source_id TEXT NOT NULL,
    hazard TEXT NOT NULL,
    scale TEXT,
    basis TEXT NOT NULL,
    geom BLOB NOT NULL
);
COMMENT ON TABLE hazard_coverage IS 'Where a hazard source speaks at all: outside it the hazard is unknown, not absent.';
COMMENT ON COLUMN hazard_coverage.source_id IS 'Source of the row.';
COMMENT ON COLUMN hazard_coverage.hazard IS 'Kind of disaster.';
COMMENT ON COLUMN hazard_coverage.scale IS 'design or maximum.';
COMMENT ON COLUMN hazard_coverage.basis IS 'city: the source covers the whole city; zones: only inside its zones is anything known.';
COMMENT ON COLUMN hazard_coverage.geom IS 'Polygon or MultiPolygon, WKB.';

CREATE TABLE place_hazard (
    place_id TEXT NOT NULL,
    hazard TEXT NOT NULL,
    scale TEXT,
    state TEXT NOT NULL,
    zone_class TEXT,
    depth_min_m DOUBLE,
    depth_max_m DOUBLE,
    zone_count INTEGER NOT NULL,
    source_id TEXT NOT NULL
);
COMMENT ON TABLE place_hazard IS 'Each site and shelter against each hazard source: one row a place, hazard and scale.';
COMMENT ON COLUMN place_hazard.place_id IS 'site_id or shelter_id.';
COMMENT ON COLUMN place_hazard.hazard IS 'Kind of disaster.';
COMMENT ON COLUMN place_hazard.scale IS 'design or maximum.';
COMMENT ON COLUMN place_hazard.state IS 'inside a zone, outside within the coverage, or unknown outside the coverage.';
COMMENT ON COLUMN place_hazard.zone_class IS 'The graver class of the zones that hold the point: special before warning.';
COMMENT ON COLUMN place_hazard.depth_min_m IS 'Lower bound of the deepest zone that holds the point, metres.';
COMMENT ON COLUMN place_hazard.depth_max_m IS 'Upper bound of the deepest zone that holds the point, metres; NULL: unknown or open-ended.';
COMMENT ON COLUMN place_hazard.zone_count IS 'How many zones hold the point.';
COMMENT ON COLUMN place_hazard.source_id IS 'Source of the zones or of the coverage.';

CREATE TABLE station (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    station_id TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    name_kana TEXT,
    name_en TEXT,
    line_ja TEXT,
    operator_ja TEXT,
    is_closed BOOLEAN,
    lon DOUBLE NOT NULL,
    lat DOUBLE NOT NULL,
    district_id TEXT,
    warning_area_code TEXT
);
COMMENT ON TABLE station IS 'Railway stations in and around the city.';
COMMENT ON COLUMN station.source_id IS 'Source of the row.';
COMMENT ON COLUMN station.file IS 'File that holds it.';
COMMENT ON COLUMN station.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN station.station_id IS 'Identifier inside its source.';
COMMENT ON COLUMN station.name_ja IS 'Name.';
COMMENT ON COLUMN station.name_kana IS 'Name in kana.';
COMMENT ON COLUMN station.name_en IS 'Name in English.';
COMMENT ON COLUMN station.line_ja IS 'Line or lines.';
COMMENT ON COLUMN station.operator_ja IS 'Operator.';
COMMENT ON COLUMN station.is_closed IS 'No longer served; NULL: the source does not say.';
COMMENT ON COLUMN station.lon IS 'Longitude, degrees.';
COMMENT ON COLUMN station.lat IS 'Latitude, degrees.';
COMMENT ON COLUMN station.district_id IS 'District that holds it.';
COMMENT ON COLUMN station.warning_area_code IS 'JMA warning area that holds it.';

CREATE TABLE feed (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    publisher_ja TEXT,
    version TEXT,
    valid_from DATE,
    valid_until DATE,
    row_count INTEGER NOT NULL
);
COMMENT ON TABLE feed IS 'Timetables (GTFS, GTFS-JP). Keys of the tables below start with feed_id and a colon, so that feeds never mix.';
COMMENT ON COLUMN feed.source_id IS 'Source of the row.';
COMMENT ON COLUMN feed.file IS 'File that holds it.';
COMMENT ON COLUMN feed.feed_id IS 'Identifier: the name of its file, with its folder or operator where two are named alike.';
COMMENT ON COLUMN feed.publisher_ja IS 'Publisher as feed_info names it, else the first agency.';
COMMENT ON COLUMN feed.version IS 'Version as published.';
COMMENT ON COLUMN feed.valid_from IS 'First day for which it speaks; NULL: it does not say.';
COMMENT ON COLUMN feed.valid_until IS 'Last day.';
COMMENT ON COLUMN feed.row_count IS 'Rows read from its files.';

CREATE TABLE feed_notice (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    file TEXT NOT NULL,
    row_no INTEGER NOT NULL,
    reason_code TEXT NOT NULL,
    reason_params TEXT NOT NULL
);
COMMENT ON TABLE feed_notice IS 'What a reader of a feed should know: values passed over, references to nothing, files unused. Refused rows are in quarantine.';
COMMENT ON COLUMN feed_notice.source_id IS 'Source of the row.';
COMMENT ON COLUMN feed_notice.feed_id IS 'Feed.';
COMMENT ON COLUMN feed_notice.file IS 'File inside the feed.';
COMMENT ON COLUMN feed_notice.row_no IS 'First row concerned; 1 is the header.';
COMMENT ON COLUMN feed_notice.reason_code IS 'What it is, as a code.';
COMMENT ON COLUMN feed_notice.reason_params IS 'Its parameters, JSON.';

CREATE TABLE feed_finding (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    finding_no INTEGER NOT NULL,
    severity TEXT NOT NULL,
    code TEXT NOT NULL,
    params TEXT NOT NULL,
    found INTEGER NOT NULL,
    examples TEXT NOT NULL
);
COMMENT ON TABLE feed_finding IS 'Rules of GTFS and GTFS-JP that a feed broke on the day of the build: its validation report.';
COMMENT ON COLUMN feed_finding.source_id IS 'Source of the row.';
COMMENT ON COLUMN feed_finding.feed_id IS 'Feed.';
COMMENT ON COLUMN feed_finding.finding_no IS 'Order in the report, the gravest first.';
COMMENT ON COLUMN feed_finding.severity IS 'error, warning or notice.';
COMMENT ON COLUMN feed_finding.code IS 'Which rule; its sentence is gtfs_rule.<code> of the catalogues.';
COMMENT ON COLUMN feed_finding.params IS 'Parameters of the sentence, JSON.';
COMMENT ON COLUMN feed_finding.found IS 'How often the rule is broken.';
COMMENT ON COLUMN feed_finding.examples IS 'The first places, JSON: file, row (0: the whole file), value.';

CREATE TABLE agency (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    agency_id TEXT NOT NULL,
    name_ja TEXT NOT NULL,
    url TEXT,
    timezone TEXT NOT NULL,
    phone TEXT
);
COMMENT ON TABLE agency IS 'Operators (agency.txt).';
COMMENT ON COLUMN agency.source_id IS 'Source of the row.';
COMMENT ON COLUMN agency.feed_id IS 'Feed.';
COMMENT ON COLUMN agency.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN agency.agency_id IS 'Identifier, prefixed with its feed and a colon.';
COMMENT ON COLUMN agency.name_ja IS 'Name as published.';
COMMENT ON COLUMN agency.url IS 'Address.';
COMMENT ON COLUMN agency.timezone IS 'Time zone of its times.';
COMMENT ON COLUMN agency.phone IS 'Telephone.';

CREATE TABLE route (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    route_id TEXT NOT NULL,
    agency_id TEXT,
    short_name TEXT,
    long_name TEXT,
    name_en TEXT,
    route_type INTEGER NOT NULL,
    color TEXT,
    sort_order INTEGER
);
COMMENT ON TABLE route IS 'Lines (routes.txt).';
COMMENT ON COLUMN route.source_id IS 'Source of the row.';
COMMENT ON COLUMN route.feed_id IS 'Feed.';
COMMENT ON COLUMN route.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN route.route_id IS 'Identifier, prefixed with its feed and a colon.';
COMMENT ON COLUMN route.agency_id IS 'Operator.';
COMMENT ON COLUMN route.short_name IS 'Short name or number.';
COMMENT ON COLUMN route.long_name IS 'Long name.';
COMMENT ON COLUMN route.name_en IS 'Name in English, from translations.';
COMMENT ON COLUMN route.route_type IS 'Kind as GTFS counts: 0 tram, 1 metro, 2 rail, 3 bus, 4 ferry, 5 to 12, or 100 and more.';
COMMENT ON COLUMN route.color IS 'Colour, six hexadecimal digits.';
COMMENT ON COLUMN route.sort_order IS 'Place in a list.';

CREATE TABLE stop (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    stop_id TEXT NOT NULL,
    name_ja TEXT,
    name_en TEXT,
    code TEXT,
    platform_code TEXT,
    location_type INTEGER NOT NULL,
    parent_stop_id TEXT,
    zone_id TEXT,
    wheelchair_boarding INTEGER,
    lon DOUBLE,
    lat DOUBLE,
    district_id TEXT,
    warning_area_code TEXT
);
COMMENT ON TABLE stop IS 'Stops, platforms and stations of feeds (stops.txt).';
COMMENT ON COLUMN stop.source_id IS 'Source of the row.';
COMMENT ON COLUMN stop.feed_id IS 'Feed.';
COMMENT ON COLUMN stop.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN stop.stop_id IS 'Identifier, prefixed with its feed and a colon.';
COMMENT ON COLUMN stop.name_ja IS 'Name as published.';
COMMENT ON COLUMN stop.name_en IS 'Name in English, from translations.';
COMMENT ON COLUMN stop.code IS 'Number on the pole.';
COMMENT ON COLUMN stop.platform_code IS 'Platform.';
COMMENT ON COLUMN stop.location_type IS '0 stop or platform, 1 station, 2 entrance, 3 node, 4 boarding area.';
COMMENT ON COLUMN stop.parent_stop_id IS 'Station that it is part of.';
COMMENT ON COLUMN stop.zone_id IS 'Fare zone as published.';
COMMENT ON COLUMN stop.wheelchair_boarding IS '1 some vehicles, 2 not possible; NULL or 0: unknown.';
COMMENT ON COLUMN stop.lon IS 'Longitude, degrees; NULL: where its station lies.';
COMMENT ON COLUMN stop.lat IS 'Latitude, degrees.';
COMMENT ON COLUMN stop.district_id IS 'District that holds it.';
COMMENT ON COLUMN stop.warning_area_code IS 'JMA warning area that holds it.';

CREATE TABLE service (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    service_id TEXT NOT NULL,
    monday BOOLEAN NOT NULL,
    tuesday BOOLEAN NOT NULL,
    wednesday BOOLEAN NOT NULL,
    thursday BOOLEAN NOT NULL,
    friday BOOLEAN NOT NULL,
    saturday BOOLEAN NOT NULL,
    sunday BOOLEAN NOT NULL,
    starts_on DATE NOT NULL,
    ends_on DATE NOT NULL
);
COMMENT ON TABLE service IS 'Weekly services (calendar.txt).';
COMMENT ON COLUMN service.source_id IS 'Source of the row.';
COMMENT ON COLUMN service.feed_id IS 'Feed.';
COMMENT ON COLUMN service.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN service.service_id IS 'Identifier, prefixed with its feed and a colon.';
COMMENT ON COLUMN service.monday IS 'Runs on Mondays.';
COMMENT ON COLUMN service.tuesday IS 'Runs on Tuesdays.';
COMMENT ON COLUMN service.wednesday IS 'Runs on Wednesdays.';
COMMENT ON COLUMN service.thursday IS 'Runs on Thursdays.';
COMMENT ON COLUMN service.friday IS 'Runs on Fridays.';
COMMENT ON COLUMN service.saturday IS 'Runs on Saturdays.';
COMMENT ON COLUMN service.sunday IS 'Runs on Sundays.';
COMMENT ON COLUMN service.starts_on IS 'First day.';
COMMENT ON COLUMN service.ends_on IS 'Last day.';

CREATE TABLE service_date (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    service_id TEXT NOT NULL,
    on_date DATE NOT NULL,
    is_added BOOLEAN NOT NULL
);
COMMENT ON TABLE service_date IS 'Days on which a service runs or not beside its week (calendar_dates.txt).';
COMMENT ON COLUMN service_date.source_id IS 'Source of the row.';
COMMENT ON COLUMN service_date.feed_id IS 'Feed.';
COMMENT ON COLUMN service_date.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN service_date.service_id IS 'Service.';
COMMENT ON COLUMN service_date.on_date IS 'Day.';
COMMENT ON COLUMN service_date.is_added IS 'Runs; false: does not run.';

CREATE TABLE trip (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    trip_id TEXT NOT NULL,
    route_id TEXT NOT NULL,
    service_id TEXT NOT NULL,
    headsign TEXT,
    short_name TEXT,
    direction_id INTEGER,
    block_id TEXT,
    shape_id TEXT,
    wheelchair_accessible INTEGER
);
COMMENT ON TABLE trip IS 'Trips (trips.txt).';
COMMENT ON COLUMN trip.source_id IS 'Source of the row.';
COMMENT ON COLUMN trip.feed_id IS 'Feed.';
COMMENT ON COLUMN trip.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN trip.trip_id IS 'Identifier, prefixed with its feed and a colon.';
COMMENT ON COLUMN trip.route_id IS 'Line.';
COMMENT ON COLUMN trip.service_id IS 'Service, which says on which days it runs.';
COMMENT ON COLUMN trip.headsign IS 'Destination as shown on the vehicle.';
COMMENT ON COLUMN trip.short_name IS 'Name of the trip.';
COMMENT ON COLUMN trip.direction_id IS '0 or 1: which way.';
COMMENT ON COLUMN trip.block_id IS 'Trips of one vehicle in a row.';
COMMENT ON COLUMN trip.shape_id IS 'Way that it takes.';
COMMENT ON COLUMN trip.wheelchair_accessible IS '1 yes, 2 no; NULL or 0: unknown.';

CREATE TABLE stop_time (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    trip_id TEXT NOT NULL,
    stop_sequence INTEGER NOT NULL,
    stop_id TEXT NOT NULL,
    arrival_s INTEGER,
    departure_s INTEGER,
    headsign TEXT,
    pickup_type INTEGER,
    drop_off_type INTEGER,
    shape_dist_traveled DOUBLE,
    is_timepoint BOOLEAN
);
COMMENT ON TABLE stop_time IS 'Stops of trips (stop_times.txt).';
COMMENT ON COLUMN stop_time.source_id IS 'Source of the row.';
COMMENT ON COLUMN stop_time.feed_id IS 'Feed.';
COMMENT ON COLUMN stop_time.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN stop_time.trip_id IS 'Trip.';
COMMENT ON COLUMN stop_time.stop_sequence IS 'Order in the trip.';
COMMENT ON COLUMN stop_time.stop_id IS 'Stop.';
COMMENT ON COLUMN stop_time.arrival_s IS 'Arrival, seconds after noon minus 12 h of the service day; past midnight more than 86400.';
COMMENT ON COLUMN stop_time.departure_s IS 'Departure, likewise.';
COMMENT ON COLUMN stop_time.headsign IS 'Destination shown from here.';
COMMENT ON COLUMN stop_time.pickup_type IS '1: nobody gets on; 2, 3: by arrangement.';
COMMENT ON COLUMN stop_time.drop_off_type IS '1: nobody gets off; 2, 3: by arrangement.';
COMMENT ON COLUMN stop_time.shape_dist_traveled IS 'Distance along the shape in the unit of the feed.';
COMMENT ON COLUMN stop_time.is_timepoint IS 'Times are kept exactly; NULL: unknown.';

CREATE TABLE frequency (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    trip_id TEXT NOT NULL,
    start_s INTEGER NOT NULL,
    end_s INTEGER NOT NULL,
    headway_s INTEGER NOT NULL,
    is_exact BOOLEAN
);
COMMENT ON TABLE frequency IS 'Trips that repeat (frequencies.txt).';
COMMENT ON COLUMN frequency.source_id IS 'Source of the row.';
COMMENT ON COLUMN frequency.feed_id IS 'Feed.';
COMMENT ON COLUMN frequency.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN frequency.trip_id IS 'Trip.';
COMMENT ON COLUMN frequency.start_s IS 'From, seconds as in stop_time.';
COMMENT ON COLUMN frequency.end_s IS 'Until.';
COMMENT ON COLUMN frequency.headway_s IS 'Time between departures, seconds.';
COMMENT ON COLUMN frequency.is_exact IS 'Departures at exactly these times.';

CREATE TABLE transfer (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    from_stop_id TEXT,
    to_stop_id TEXT,
    from_route_id TEXT,
    to_route_id TEXT,
    from_trip_id TEXT,
    to_trip_id TEXT,
    transfer_type INTEGER,
    min_transfer_s INTEGER
);
COMMENT ON TABLE transfer IS 'How one changes between two stops, lines or trips (transfers.txt).';
COMMENT ON COLUMN transfer.source_id IS 'Source of the row.';
COMMENT ON COLUMN transfer.feed_id IS 'Feed.';
COMMENT ON COLUMN transfer.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN transfer.from_stop_id IS 'Stop at which one gets off.';
COMMENT ON COLUMN transfer.to_stop_id IS 'Stop at which one gets on.';
COMMENT ON COLUMN transfer.from_route_id IS 'For this line alone; NULL: for all.';
COMMENT ON COLUMN transfer.to_route_id IS 'Likewise.';
COMMENT ON COLUMN transfer.from_trip_id IS 'For this trip alone; NULL: for all.';
COMMENT ON COLUMN transfer.to_trip_id IS 'Likewise.';
COMMENT ON COLUMN transfer.transfer_type IS 'transfer_type of the specification; NULL: 0.';
COMMENT ON COLUMN transfer.min_transfer_s IS 'How long the change takes, seconds, where the type is 2.';

CREATE TABLE shape_point (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    shape_id TEXT NOT NULL,
    point_sequence INTEGER NOT NULL,
    lon DOUBLE NOT NULL,
    lat DOUBLE NOT NULL,
    dist_traveled DOUBLE
);
COMMENT ON TABLE shape_point IS 'Ways of trips (shapes.txt).';
COMMENT ON COLUMN shape_point.source_id IS 'Source of the row.';
COMMENT ON COLUMN shape_point.feed_id IS 'Feed.';
COMMENT ON COLUMN shape_point.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN shape_point.shape_id IS 'Identifier, prefixed with its feed and a colon.';
COMMENT ON COLUMN shape_point.point_sequence IS 'Order.';
COMMENT ON COLUMN shape_point.lon IS 'Longitude, degrees.';
COMMENT ON COLUMN shape_point.lat IS 'Latitude, degrees.';
COMMENT ON COLUMN shape_point.dist_traveled IS 'Distance in the unit of the feed.';

CREATE TABLE translation (
    source_id TEXT NOT NULL,
    feed_id TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    table_name TEXT,
    field_name TEXT,
    language TEXT NOT NULL,
    record_id TEXT,
    record_sub_id TEXT,
    field_value TEXT,
    translation TEXT NOT NULL
);
COMMENT ON TABLE translation IS 'Names in other languages (translations.txt, new and old form).';
COMMENT ON COLUMN translation.source_id IS 'Source of the row.';
COMMENT ON COLUMN translation.feed_id IS 'Feed.';
COMMENT ON COLUMN translation.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN translation.table_name IS 'Table of the specification; NULL: any (old form).';
COMMENT ON COLUMN translation.field_name IS 'Field; NULL: any (old form).';
COMMENT ON COLUMN translation.language IS 'Language as published (ja-Hrkt: kana).';
COMMENT ON COLUMN translation.record_id IS 'Row, with the prefix of its feed; NULL: by value.';
COMMENT ON COLUMN translation.record_sub_id IS 'stop_sequence of a stop time.';
COMMENT ON COLUMN translation.field_value IS 'Text that is translated wherever it stands.';
COMMENT ON COLUMN translation.translation IS 'The text in that language.';

CREATE TABLE route_line (
    feed_id TEXT NOT NULL,
    route_id TEXT NOT NULL,
    is_straight BOOLEAN NOT NULL,
    geom BLOB NOT NULL
);
COMMENT ON TABLE route_line IS 'What to draw for a line: the ways of its trips, each once.';
COMMENT ON COLUMN route_line.feed_id IS 'Feed.';
COMMENT ON COLUMN route_line.route_id IS 'Line.';
COMMENT ON COLUMN route_line.is_straight IS 'Stops joined by straight lines, because the feed has no shape.';
COMMENT ON COLUMN route_line.geom IS 'Lines, WKB, lon/lat.';

CREATE TABLE population_cell (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    mesh_code BIGINT NOT NULL,
    size_m INTEGER NOT NULL,
    population_persons INTEGER,
    men_persons INTEGER,
    women_persons INTEGER,
    households INTEGER,
    age_0_14_persons INTEGER,
    age_15_64_persons INTEGER,
    age_65_over_persons INTEGER,
    age_75_over_persons INTEGER,
    density_per_km2 DOUBLE,
    is_suppressed BOOLEAN,
    merged_into BIGINT,
    district_id TEXT,
    warning_area_code TEXT
);
COMMENT ON TABLE population_cell IS 'Census population by mesh cell (JIS X 0410).';
COMMENT ON COLUMN population_cell.source_id IS 'Source of the row.';
COMMENT ON COLUMN population_cell.file IS 'File that holds it.';
COMMENT ON COLUMN population_cell.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN population_cell.mesh_code IS 'Mesh code.';
COMMENT ON COLUMN population_cell.size_m IS 'Nominal side of the cell, metres.';
COMMENT ON COLUMN population_cell.population_persons IS 'Residents; NULL: suppressed or unknown.';
COMMENT ON COLUMN population_cell.men_persons IS 'Men.';
COMMENT ON COLUMN population_cell.women_persons IS 'Women.';
COMMENT ON COLUMN population_cell.households IS 'Households.';
COMMENT ON COLUMN population_cell.age_0_14_persons IS 'Residents aged 0 to 14.';
COMMENT ON COLUMN population_cell.age_15_64_persons IS 'Residents aged 15 to 64.';
COMMENT ON COLUMN population_cell.age_65_over_persons IS 'Residents aged 65 or more.';
COMMENT ON COLUMN population_cell.age_75_over_persons IS 'Residents aged 75 or more.';
COMMENT ON COLUMN population_cell.density_per_km2 IS 'Residents a square kilometre, where only that was published.';
COMMENT ON COLUMN population_cell.is_suppressed IS 'Details are hidden for privacy and counted in merged_into; the total stays with the cell.';
COMMENT ON COLUMN population_cell.merged_into IS 'Cell that holds the details of this suppressed one, so that its ages may exceed its own total.';
COMMENT ON COLUMN population_cell.district_id IS 'District that holds the middle of the cell.';
COMMENT ON COLUMN population_cell.warning_area_code IS 'JMA warning area that holds the middle of the cell.';

CREATE TABLE population_town (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    town_ja TEXT NOT NULL,
    on_date DATE,
    population_persons INTEGER,
    men_persons INTEGER,
    women_persons INTEGER,
    households INTEGER
);
COMMENT ON TABLE population_town IS 'Population by town.';
COMMENT ON COLUMN population_town.source_id IS 'Source of the row.';
COMMENT ON COLUMN population_town.file IS 'File that holds it.';
COMMENT ON COLUMN population_town.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN population_town.town_ja IS 'Town.';
COMMENT ON COLUMN population_town.on_date IS 'Date of the count.';
COMMENT ON COLUMN population_town.population_persons IS 'Residents.';
COMMENT ON COLUMN population_town.men_persons IS 'Men.';
COMMENT ON COLUMN population_town.women_persons IS 'Women.';
COMMENT ON COLUMN population_town.households IS 'Households.';

CREATE TABLE district_population (
    district_id TEXT NOT NULL,
    size_m INTEGER NOT NULL,
    population_persons DOUBLE,
    age_65_over_persons DOUBLE,
    age_75_over_persons DOUBLE,
    cell_count INTEGER NOT NULL,
    unknown_cell_count INTEGER NOT NULL
);
COMMENT ON TABLE district_population IS 'Residents of a district, area-weighted from the mesh cells that it cuts.';
COMMENT ON COLUMN district_population.district_id IS 'District.';
COMMENT ON COLUMN district_population.size_m IS 'Mesh that it was computed from, metres.';
COMMENT ON COLUMN district_population.population_persons IS 'Residents.';
COMMENT ON COLUMN district_population.age_65_over_persons IS 'Residents aged 65 or more; those of suppressed cells are counted where they were merged into.';
COMMENT ON COLUMN district_population.age_75_over_persons IS 'Residents aged 75 or more.';
COMMENT ON COLUMN district_population.cell_count IS 'Cells that touch the district.';
COMMENT ON COLUMN district_population.unknown_cell_count IS 'Of these, cells whose population is unknown.';

CREATE TABLE flow_mesh (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    mesh_code BIGINT NOT NULL,
    city_code5 TEXT,
    year INTEGER NOT NULL,
    month INTEGER NOT NULL,
    day_type TEXT NOT NULL,
    time_band TEXT NOT NULL,
    population_persons DOUBLE NOT NULL
);
COMMENT ON TABLE flow_mesh IS 'People present by mesh cell (MLIT 全国の人流オープンデータ). Cells under 10 people are not published: absence is unknown, not zero.';
COMMENT ON COLUMN flow_mesh.source_id IS 'Source of the row.';
COMMENT ON COLUMN flow_mesh.file IS 'File that holds it.';
COMMENT ON COLUMN flow_mesh.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN flow_mesh.mesh_code IS 'Mesh code (JIS X 0410).';
COMMENT ON COLUMN flow_mesh.city_code5 IS 'City code.';
COMMENT ON COLUMN flow_mesh.year IS 'Year.';
COMMENT ON COLUMN flow_mesh.month IS 'Month.';
COMMENT ON COLUMN flow_mesh.day_type IS 'weekday, holiday or all.';
COMMENT ON COLUMN flow_mesh.time_band IS 'noon (11 to 14), night (1 to 4) or all_day.';
COMMENT ON COLUMN flow_mesh.population_persons IS 'People present, monthly mean.';

CREATE TABLE flow_fromto (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    city_code5 TEXT NOT NULL,
    from_area_code TEXT NOT NULL,
    from_area TEXT,
    year INTEGER NOT NULL,
    month INTEGER NOT NULL,
    day_type TEXT NOT NULL,
    time_band TEXT NOT NULL,
    population_persons DOUBLE NOT NULL
);
COMMENT ON TABLE flow_fromto IS 'People present in a city by where they live (MLIT 全国の人流オープンデータ).';
COMMENT ON COLUMN flow_fromto.source_id IS 'Source of the row.';
COMMENT ON COLUMN flow_fromto.file IS 'File that holds it.';
COMMENT ON COLUMN flow_fromto.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN flow_fromto.city_code5 IS 'City where they are.';
COMMENT ON COLUMN flow_fromto.from_area_code IS 'Code of where they live, as published.';
COMMENT ON COLUMN flow_fromto.from_area IS 'What the code means; NULL: an unknown code.';
COMMENT ON COLUMN flow_fromto.year IS 'Year.';
COMMENT ON COLUMN flow_fromto.month IS 'Month.';
COMMENT ON COLUMN flow_fromto.day_type IS 'weekday, holiday or all.';
COMMENT ON COLUMN flow_fromto.time_band IS 'noon, night or all_day.';
COMMENT ON COLUMN flow_fromto.population_persons IS 'People present, monthly mean.';

CREATE TABLE mesh_hour (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    on_date DATE NOT NULL,
    hour INTEGER NOT NULL,
    mesh_code BIGINT NOT NULL,
    size_m INTEGER NOT NULL,
    devices BIGINT NOT NULL,
    min_devices INTEGER
);
COMMENT ON TABLE mesh_hour IS 'Devices present by mesh cell and hour, from location pings (otsu-maps flows run). Cells of one hour do not overlap; they are larger where few are. Absence is unknown, not zero; a sum over cells or hours counts a device in each.';
COMMENT ON COLUMN mesh_hour.source_id IS 'Source of the row.';
COMMENT ON COLUMN mesh_hour.file IS 'File that holds it.';
COMMENT ON COLUMN mesh_hour.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN mesh_hour.on_date IS 'Day (Tokyo).';
COMMENT ON COLUMN mesh_hour.hour IS 'Hour of the day, 0 to 23 (Tokyo).';
COMMENT ON COLUMN mesh_hour.mesh_code IS 'Mesh code (JIS X 0410), of 1 km, 500 m or 250 m.';
COMMENT ON COLUMN mesh_hour.size_m IS 'Nominal side of the cell, metres.';
COMMENT ON COLUMN mesh_hour.devices IS 'Distinct devices in the cell within the hour, a part of all people.';
COMMENT ON COLUMN mesh_hour.min_devices IS 'No figure of its result is smaller; NULL: not said.';

CREATE TABLE od_hour (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    zones TEXT NOT NULL,
    day_type TEXT NOT NULL,
    hour INTEGER,
    origin TEXT NOT NULL,
    destination TEXT NOT NULL,
    days INTEGER,
    trips DOUBLE NOT NULL,
    devices BIGINT,
    first_day DATE,
    last_day DATE,
    min_devices INTEGER
);
COMMENT ON TABLE od_hour IS 'Trips between zones by day type and hour of departure. A pair has hours or one figure for all, never both. Absence is unknown, not zero.';
COMMENT ON COLUMN od_hour.source_id IS 'Source of the row.';
COMMENT ON COLUMN od_hour.file IS 'File that holds it.';
COMMENT ON COLUMN od_hour.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN od_hour.zones IS 'What origin and destination are: district (district_id or outside), mesh1000, mesh500, mesh250 (mesh codes), or named (as its list names them).';
COMMENT ON COLUMN od_hour.day_type IS 'weekday, holiday (Saturdays, Sundays, public holidays) or all.';
COMMENT ON COLUMN od_hour.hour IS 'Hour of departure, 0 to 23 (Tokyo); NULL: all hours together.';
COMMENT ON COLUMN od_hour.origin IS 'Zone where the trip begins.';
COMMENT ON COLUMN od_hour.destination IS 'Zone where it ends; may be the same.';
COMMENT ON COLUMN od_hour.days IS 'Days of the day type that the trips are of; NULL: not said.';
COMMENT ON COLUMN od_hour.trips IS 'Trips of all these days.';
COMMENT ON COLUMN od_hour.devices IS 'Distinct devices that made them; NULL: not said.';
COMMENT ON COLUMN od_hour.first_day IS 'First day of the result; NULL: not said.';
COMMENT ON COLUMN od_hour.last_day IS 'Last day of the result; NULL: not said.';
COMMENT ON COLUMN od_hour.min_devices IS 'No figure of its result is of fewer devices; NULL: not said.';

CREATE TABLE counter_hour (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    site_id TEXT NOT NULL,
    direction TEXT,
    on_date DATE NOT NULL,
    hour INTEGER NOT NULL,
    passages BIGINT NOT NULL,
    readings INTEGER NOT NULL
);
COMMENT ON TABLE counter_hour IS 'Passages at counters of people or vehicles by hour. An hour without a reading is absent, not zero.';
COMMENT ON COLUMN counter_hour.source_id IS 'Source of the row.';
COMMENT ON COLUMN counter_hour.file IS 'File that holds it.';
COMMENT ON COLUMN counter_hour.source_row IS 'First row of the hour, as a person counts who opens the file.';
COMMENT ON COLUMN counter_hour.site_id IS 'Counter, as its list names it.';
COMMENT ON COLUMN counter_hour.direction IS 'Direction as it was written; NULL: both, or not said.';
COMMENT ON COLUMN counter_hour.on_date IS 'Day (Tokyo).';
COMMENT ON COLUMN counter_hour.hour IS 'Hour of the day, 0 to 23 (Tokyo).';
COMMENT ON COLUMN counter_hour.passages IS 'Passages in the hour, those of its readings.';
COMMENT ON COLUMN counter_hour.readings IS 'How many readings the hour has: with fewer than usual it is not whole.';

CREATE TABLE landmark (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    landmark_id TEXT NOT NULL,
    city_code5 TEXT,
    name_ja TEXT NOT NULL,
    name_kana TEXT,
    name_en TEXT,
    category_ja TEXT,
    lon DOUBLE NOT NULL,
    lat DOUBLE NOT NULL
);
COMMENT ON TABLE landmark IS 'Places that visitors know, by which they say where they are.';
COMMENT ON COLUMN landmark.source_id IS 'Source of the row.';
COMMENT ON COLUMN landmark.file IS 'File that holds it.';
COMMENT ON COLUMN landmark.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN landmark.landmark_id IS 'Identifier inside its file.';
COMMENT ON COLUMN landmark.city_code5 IS 'City code that the row claims.';
COMMENT ON COLUMN landmark.name_ja IS 'Name, the common one where the list has it.';
COMMENT ON COLUMN landmark.name_kana IS 'Name in kana.';
COMMENT ON COLUMN landmark.name_en IS 'Name in English.';
COMMENT ON COLUMN landmark.category_ja IS 'What the list calls it; NULL: it does not say.';
COMMENT ON COLUMN landmark.lon IS 'Longitude, degrees.';
COMMENT ON COLUMN landmark.lat IS 'Latitude, degrees.';

CREATE TABLE event (
    source_id TEXT NOT NULL,
    file TEXT NOT NULL,
    source_row INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    city_code5 TEXT,
    name_ja TEXT NOT NULL,
    name_kana TEXT,
    name_en TEXT,
    category_ja TEXT,
    starts_on DATE,
    ends_on DATE,
    start_time TEXT,
    end_time TEXT,
    recurrence_text_ja TEXT,
    schedule_text_ja TEXT,
    place_name_ja TEXT,
    address_ja TEXT,
    lon DOUBLE,
    lat DOUBLE,
    description_ja TEXT,
    fee_text_ja TEXT,
    capacity_text_ja TEXT,
    url TEXT,
    note_ja TEXT
);
COMMENT ON TABLE event IS 'Events that draw people.';
COMMENT ON COLUMN event.source_id IS 'Source of the row.';
COMMENT ON COLUMN event.file IS 'File that holds it.';
COMMENT ON COLUMN event.source_row IS 'Row as a person counts who opens the file.';
COMMENT ON COLUMN event.event_id IS 'Identifier inside its source.';
COMMENT ON COLUMN event.city_code5 IS 'City code that the row claims.';
COMMENT ON COLUMN event.name_ja IS 'Name.';
COMMENT ON COLUMN event.name_kana IS 'Name in kana.';
COMMENT ON COLUMN event.name_en IS 'Name in English.';
COMMENT ON COLUMN event.category_ja IS 'Category or audience, as published.';
COMMENT ON COLUMN event.starts_on IS 'First day; NULL: the list gives no full date.';
COMMENT ON COLUMN event.ends_on IS 'Last day.';
COMMENT ON COLUMN event.start_time IS 'Start, HH:MM, Asia/Tokyo.';
COMMENT ON COLUMN event.end_time IS 'End, HH:MM, Asia/Tokyo.';
COMMENT ON COLUMN event.recurrence_text_ja IS 'On which days between starts_on and ends_on, as published; NULL: on all of them.';
COMMENT ON COLUMN event.schedule_text_ja IS 'Days and hours as published, where they are more than that.';
COMMENT ON COLUMN event.place_name_ja IS 'Place.';
COMMENT ON COLUMN event.address_ja IS 'Address.';
COMMENT ON COLUMN event.lon IS 'Longitude, degrees.';
COMMENT ON COLUMN event.lat IS 'Latitude, degrees.';
COMMENT ON COLUMN event.description_ja IS 'Description.';
COMMENT ON COLUMN event.fee_text_ja IS 'Fee as published.';
COMMENT ON COLUMN event.capacity_text_ja IS 'Capacity as published.';
COMMENT ON COLUMN event.url IS 'Address of its page.';
COMMENT ON COLUMN event.note_ja IS 'Remarks.';

CREATE TABLE occupancy_hour (
    incident_id TEXT NOT NULL,
    mode TEXT NOT NULL,
    shelter_id TEXT NOT NULL,
    hour_at TIMESTAMP NOT NULL,
    checked_in_persons INTEGER,
    head_count_persons INTEGER,
    head_count_method TEXT,
    is_suppressed BOOLEAN NOT NULL
);
COMMENT ON TABLE occupancy_hour IS 'People in shelters at the end of each hour of past incidents, from the ledger; 1 to 9 people are suppressed.';
COMMENT ON COLUMN occupancy_hour.incident_id IS 'Incident.';
COMMENT ON COLUMN occupancy_hour.mode IS 'real, drill or test: never to be mixed.';
COMMENT ON COLUMN occupancy_hour.shelter_id IS 'Shelter or site; it may be a provisional one that no register knows.';
COMMENT ON COLUMN occupancy_hour.hour_at IS 'End of the hour, UTC.';
COMMENT ON COLUMN occupancy_hour.checked_in_persons IS 'By check-ins; NULL: nobody checked in there, or suppressed.';
COMMENT ON COLUMN occupancy_hour.head_count_persons IS 'By the last head-count; NULL: none, or suppressed.';
COMMENT ON COLUMN occupancy_hour.head_count_method IS 'How it was counted.';
COMMENT ON COLUMN occupancy_hour.is_suppressed IS 'A number was left out because it was smaller than 10.';
