"""Figures for the desk: counted by the database when a page is opened, of what a member may see."""
