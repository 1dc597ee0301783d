"""What is kept: tables, migrations, transactions. Imports nothing else of bot."""
