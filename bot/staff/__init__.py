"""Who works here: hub leaders and the people of the office, how they are known, and the record of what they did."""
