"""What hub leaders and the office do, whichever door they come through: who may, what it does, and the record of it."""
