"""What happens: append-only events, and every state computed from them. The only user of SQLAlchemy."""
