"""Sample data for every mail, and a look at each without sending anything."""
