"""How the sagas about an order run.

stories    place an order, cancel one, settle one that was cancelled elsewhere
kinds      the kinds of sagas, and how one of each begins
partners   inventory and payments, as the steps of the stories call them
pricing    what an order request will cost, by the goods as the feed publishes them
breakers   which callees are away, toward legacy and toward the partners
no_record  in place of the system of record where the service was given none
"""
