package report

// Prose is text that a Markdown page shows as it is.
func Prose(text string) string { return prose(text) }
