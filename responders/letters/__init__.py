"""What is written to people: letter templates without logic, and the one function that fills them."""
