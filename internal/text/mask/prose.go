package mask

import "strings"

// prose hides what a sentence calls a password: the password is x, old pw x.
func (f *finder) prose() {
	end := run(f.text, f.at, isAlnum)
	i := skipBlanks(f.text, end)
	if i == end || f.at > 0 && isName(f.text[f.at-1]) {
		return // a key, or the end of one
	}
	switch strings.ToLower(f.text[f.at:end]) {
	case "password", "passwd", "passphrase", "pass", "pwd", "pw", "secret", "token", "credential", "credentials":
	default:
		return
	}
	from, linked := f.link(i)
	to := from + run(f.text[from:], 0, func(c byte) bool { return strings.IndexByte(blanks, c) < 0 })
	said := strings.Trim(f.text[from:to], "\"'`.,;:()[]")
	from += strings.Index(f.text[from:to], said)
	ends := to == len(f.text) || f.text[to] == '\n' || f.text[to] == '\r'
	last := f.o.Lines && linked && ends && !strings.Contains(" set empty missing required needed wrong secret stored used masked hidden here ", " "+said+" ")
	random := len(said) >= shortest && looksRandom(said) && !isDotted(said)
	if last || random || linked && len(said) >= 4 && looksRandom(said) && !isDotted(said) {
		f.secret(from, from+len(said))
	}
}

// link passes over what joins the word and the secret.
func (f *finder) link(i int) (next int, linked bool) {
	for _, word := range [...]string{"is ", "was ", "are ", "-> ", "=> ", "- ", "– ", "— "} {
		if strings.HasPrefix(f.text[i:], word) {
			return skipBlanks(f.text, i+len(word)), true
		}
	}
	return i, false
}

// isDotted reports whether a text is a key, a path, a flag or a host rather than
// a password.
func isDotted(text string) bool {
	return strings.ContainsAny(text, "./=") && run(text, 0, func(c byte) bool { return isName(c) || strings.IndexByte("/=:<>{}\"$", c) >= 0 }) == len(text) || strings.HasPrefix(text, "-")
}
