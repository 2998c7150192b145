"""Where runs are made: processes of our own, an executor that a user gave, or a cluster. An engine is a file here."""
