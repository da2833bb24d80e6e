"""The years announced so far, a file each, every one citing its notice."""
