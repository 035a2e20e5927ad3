package edit

// random is not needed: in a browser nothing is written.
func random() string { return "" }
