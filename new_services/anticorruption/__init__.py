"""What knows the shape of the monolith. Deleted with the monolith; no service needs it to start.

tables       every table of the monolith once, and what each of its columns means in our words
mapping      what its columns mean: how each becomes a field, as contracts/feed/mapping.py wants it
read_models  what the read model of each service takes of the tables
translator   changes of the tables -> facts
calls        calls in the name of a person, each through the breaker of its kind
legacy       the monolith's JSON API as the system of record of orders; `orders` has its JSON
logins       what customers log in with, read in the monolith's database
forms        the monolith's own forms, posted for the staff; `pages` reads what they answer
session      the form token in a customer's session at the monolith
"""
