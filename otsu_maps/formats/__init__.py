"""Public formats: bytes in, rows and refused rows out. One file each; no network, no database, no settings."""
