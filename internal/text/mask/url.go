package mask

import "strings"

// url hides the password of a URL, whose host or user begins at i. A password
// may hold any character, also / and @: the last @ before the parameters ends it.
func (f *finder) url(i int) {
	f.at = i
	scheme := f.scheme(i)
	end := f.urlEnd(i)
	rest := f.text[i:end]
	at := lastAt(rest)
	if at <= 0 || !hasUser(rest[:at], scheme) {
		return
	}
	user, password, ok := strings.Cut(rest[:at], ":")
	switch {
	case !ok || password == "" || password == "x-oauth-basic":
		if isTokenScheme(scheme) { // https://TOKEN@host, redis://TOKEN@host
			f.secret(i, i+len(user))
		}
	default:
		f.secret(i+len(user)+1, i+at)
	}
	f.at = max(f.at, i+at)
}

// scheme is what stands before ://.
func (f *finder) scheme(i int) string {
	end := max(i-3, 0)
	start := end
	for start > 0 && end-start < 20 && isName(f.text[start-1]) {
		start--
	}
	return strings.ToLower(f.text[start:end])
}

// isTokenScheme tells the URLs in which a user without a password is a token. In
// abfs://container@account and ssh://git@host it is none.
func isTokenScheme(scheme string) bool {
	switch scheme {
	case "http", "https", "redis", "rediss":
		return true
	}
	return false
}

// urlEnd is where the URL ends: the next one begins, or what no URL has. The URL
// that is a whole value has everything.
func (f *finder) urlEnd(i int) int {
	ends := " \t\r\n\f\"'`<>"
	if f.o.Whole && run(f.text, 0, func(c byte) bool { return isName(c) || c == ':' || c == '+' }) >= i-2 {
		ends = "\r\n"
	}
	end := len(f.text)
	if n := strings.Index(f.text[i:], "://"); n >= 0 {
		end = i + n
		for end > i && isName(f.text[end-1]) {
			end--
		}
	}
	if n := strings.IndexAny(f.text[i:end], ends); n >= 0 {
		end = i + n
	}
	return end
}

// lastAt is the @ that ends the user's part, -1 without one.
func lastAt(rest string) int {
	if query := strings.IndexByte(rest, '?'); query >= 0 {
		if at := strings.LastIndexByte(rest[:query], '@'); at >= 0 {
			return at
		}
	}
	return strings.LastIndexByte(rest, '@')
}

// hasUser reports whether what stands before an @ is a user, and not a host with
// a path or parameters that hold the @.
func hasUser(before, scheme string) bool {
	head := before
	if i := strings.IndexAny(before, "/?#"); i >= 0 {
		head = before[:i]
	}
	if head == before {
		return true
	}
	_, password, ok := strings.Cut(head, ":")
	switch {
	case !ok:
		return strings.HasPrefix(scheme, "redis") && head != "" && !strings.Contains(head, ".")
	case strings.HasPrefix(head, "["), strings.Contains(head, "]:"):
		return false // an address of IPv6
	case strings.Trim(password, "0123456789") == "": // a port, or a password of digits and more
		return password != "" && !strings.HasPrefix(scheme, "http") && !strings.Contains(before, "?")
	}
	return true
}

// user hides the password of user:password@host without a scheme, and that of
// Oracle's jdbc:oracle:thin:user/password@host.
func (f *finder) user() {
	before := f.text[f.word:f.at]
	if len(before) > longestUser || strings.Contains(before, "//") {
		return
	}
	after := f.text[f.at:min(len(f.text), f.at+longestUser)]
	after = after[:run(after, 0, func(c byte) bool { return strings.IndexByte(blanks+"\"'`,;<>()[]{}|", c) < 0 })]
	last := strings.LastIndexByte(after, '@')
	if !isHost(after[last+1:]) {
		last = 0
	}
	if i := strings.Index(before, "oracle:"); i >= 0 {
		if slash := strings.IndexByte(before[i:], '/'); slash >= 0 {
			f.secret(f.word+i+slash+1, f.at+last)
		}
		return
	}
	user, password, ok := strings.Cut(before, ":")
	name := user[strings.LastIndexByte(user, '=')+1:]
	if !ok || password == "" || strings.HasPrefix(user, "jdbc") || name == "mailto" || run(name, 0, isName) < len(name) || !isHost(after[last+1:]) {
		return
	}
	f.secret(f.word+len(user)+1, f.at+last)
}

// longestUser bounds how far user:password@ is looked for.
const longestUser = 1024

// isHost reports whether a host may begin here.
func isHost(text string) bool {
	return text != "" && (isAlnum(text[0]) || text[0] == '_' || text[0] == '[' || strings.HasPrefix(text, "${")) && !strings.HasPrefix(text, "sha256:")
}
