package live

import (
	"encoding/base64"
	"strings"
)

// Login is who asks: a user with a password, or a token.
type Login struct {
	User, Password, Token string
}

// set writes the login into the header of a request.
func (l Login) set(h interface{ Set(name, value string) }) {
	switch {
	case l.Token != "":
		h.Set("Authorization", "Bearer "+l.Token)
	case l.User != "":
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(l.User+":"+l.Password)))
	}
}

// loginFor is the login that a host gets: what was said is for all processes of the
// cluster, and what .netrc holds for the host that it names.
func (a Access) loginFor(host string) Login {
	if a.Login != (Login{}) {
		return a.Login
	}
	return netrc(a.Netrc, host)
}

// netrc is the login that a .netrc file has for a host.
func netrc(data, host string) (l Login) {
	words := netrcWords(data)
	for i := 0; i < len(words); i++ {
		switch {
		case words[i] == "default":
		case words[i] == "machine" && i+1 < len(words):
			i++
			if !strings.EqualFold(words[i], host) {
				continue
			}
		default:
			continue
		}
		for ; i+2 < len(words) && (words[i+1] == "login" || words[i+1] == "password" || words[i+1] == "account"); i += 2 {
			switch words[i+1] {
			case "login":
				l.User = words[i+2]
			case "password":
				l.Password = words[i+2]
			}
		}
		return l
	}
	return l
}

// netrcWords are the words of the file, without comments and macros.
func netrcWords(data string) (words []string) {
	macro := false
	for line := range strings.Lines(data) {
		fields := strings.Fields(line)
		switch {
		case len(fields) == 0:
			macro = false
			continue
		case macro, strings.HasPrefix(fields[0], "#"):
			continue
		case fields[0] == "macdef":
			macro = true
			continue
		}
		words = append(words, fields...)
	}
	return words
}

// hint says what can be done where the named process does not answer.
func (a *Answer) hint() string {
	switch a.Status {
	case statusUnauthorized:
		return "asks for a login, or does not know this one: set IMPLYCHECK_USER and IMPLYCHECK_PASSWORD, or IMPLYCHECK_TOKEN, or write the host into ~/.netrc"
	case statusForbidden:
		return "does not let this user see /status: it takes a user with READ on the resource STATE, and on CONFIG for the properties"
	case statusNotFound:
		return "has no /status: it is not a process of Druid, or something before it hides it"
	case statusOK:
		if a.Problem == "" {
			return "/status answers nothing"
		}
	}
	return a.Problem
}
