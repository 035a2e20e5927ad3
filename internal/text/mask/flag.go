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
	if f.attached(name, end) {
		return
	}
	i := f.argument(end)
	if i < 0 || f.text[i] == '-' {
		return
	}
	switch {
	case f.o.Key != nil && f.o.Key(name):
		f.value(i, start)
	case name == "u" || name == "user" || name == "U" || name == "proxy-user":
		f.login(i)
	case len(name) == 1 && passwordFlag(f.command(start)) == name:
		f.value(i, start)
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
	from, to := i, f.bare(i, 0)
	if f.text[i] == '"' || f.text[i] == '\'' {
		from, to, _ = f.quoted(i)
	}
	if user, _, ok := strings.Cut(f.text[from:to], ":"); ok {
		f.secret(from+len(user)+1, to)
	}
}

// attached hides the password of mysql -ppassword.
func (f *finder) attached(name string, end int) bool {
	if len(name) < 2 || name[0] != 'p' || passwordFlag(f.command(end-len(name))) != "p" || !strings.Contains(f.command(end-len(name)), "mysql") {
		return false
	}
	f.hide(end-len(name)+1, f.bare(end, 0))
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
		{"mysql", "p"}, {"mariadb", "p"}, {"sshpass", "p"}, {"redis-cli", "a"}, {"ldap", "w"},
	} {
		if strings.Contains(command, c.program) {
			return c.flag
		}
	}
	return ""
}
