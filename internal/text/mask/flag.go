package mask

import "strings"

// dash looks at a flag whose argument is a word of its own: --token x,
// -Dfoo.password x, -u user:password, "--token", "x". It also looks for keys in
// PEM.
func (f *finder) dash() {
	if strings.HasPrefix(f.text[f.at:], "-----BEGIN ") {
		f.pem()
		return
	}
	if !f.begins(f.at) {
		return
	}
	start := f.at
	end := run(f.text, start, isName)
	f.at = end
	name := flagName(f.text[start:end])
	if f.attached(start, end) {
		return
	}
	i := f.argument(end)
	if f.attachedLogin(start, end); i < 0 || f.text[i] == '-' && !f.isSecretWord(name, i) {
		return
	}
	switch {
	case f.o.Key != nil && f.o.Key(name):
		f.value(i, start)
	case isLoginFlag(name):
		f.login(i)
	case len(name) == 1 && passwordFlag(f.command(start)) == name:
		f.value(i, start)
	}
}

// isLoginFlag reports whether a flag takes user:password.
func isLoginFlag(name string) bool {
	switch name {
	case "u", "user", "U", "proxy-user", "auth":
		return true
	}
	return false
}

// isSecretWord reports whether what looks like another flag is the secret of one:
// --token -x1y2z3.
func (f *finder) isSecretWord(name string, i int) bool {
	word := f.text[i+1 : run(f.text, i, isToken)]
	return f.o.Key != nil && f.o.Key(name) && len(word) >= shortest && looksRandom(word) && !isFlag(word)
}

// isFlag tells the flags of java from what else may stand behind a hyphen.
func isFlag(word string) bool {
	return strings.HasPrefix(word, "D") && strings.Contains(word, ".") || strings.HasPrefix(word, "X") || strings.HasPrefix(word, "-") || strings.Contains(word, "=")
}

// attachedLogin hides the password of curl -uuser:password.
func (f *finder) attachedLogin(start, end int) {
	if end > start+2 && end < len(f.text) && f.text[end] == ':' && f.text[start+1] == 'u' && strings.Contains(f.command(start), "curl") {
		f.login(start + len("-u"))
	}
}

// argument is where the word behind a flag begins, -1 if there is none.
func (f *finder) argument(end int) int {
	i := skipBlanks(f.text, end)
	if i == end { // "--token", "x"
		rest := strings.TrimLeft(f.text[end:], "\\\"'")
		if len(rest) == len(f.text[end:]) || !strings.HasPrefix(rest, ",") {
			return -1
		}
		i = skipBlanks(f.text, len(f.text)-len(rest)+1)
	}
	if i >= len(f.text) || f.text[i] == '\n' || f.text[i] == '\r' {
		return -1
	}
	return i
}

// login hides the password of user:password.
func (f *finder) login(i int) {
	if i >= len(f.text) {
		return
	}
	from, to := i, f.bare(i, 0)
	if f.text[i] == '"' || f.text[i] == '\'' {
		from, to, _ = f.quoted(i)
	}
	if user, _, ok := strings.Cut(f.text[from:to], ":"); ok {
		f.secret(from+len(user)+1, to)
	}
}

// attached hides the password of mysql -ppassword.
func (f *finder) attached(start, end int) bool {
	if end < start+3 || f.text[start+1] != 'p' || passwordFlag(f.command(start)) != "p" || strings.Contains(f.command(start), "login") {
		return false
	}
	f.hide(start+2, f.bare(end, 0))
	return true
}

// command is what stands before a flag in its line, as far as it matters.
func (f *finder) command(i int) string {
	before := f.text[max(0, i-120):i]
	return before[strings.LastIndexAny(before, "\r\n|;&")+1:]
}

// passwordFlag is the flag of one letter that takes the password of a program.
func passwordFlag(command string) string {
	for _, c := range [...]struct{ program, flag string }{
		{"mysql", "p"}, {"mariadb", "p"}, {"sshpass", "p"}, {" login", "p"}, {"redis-cli", "a"}, {"ldap", "w"},
	} {
		if strings.Contains(command, c.program) {
			return c.flag
		}
	}
	return ""
}
