package form

import (
	"slices"
	"strings"
)

// lines is a file that the script edits line by line.
type lines struct{ list []Text }

func newLines(t Text) *lines { return &lines{t.lines()} }

// delete takes the lines that the expression key= is found in, and answers them.
func (l *lines) delete(key string) (gone []Text) {
	if l == nil {
		return nil
	}
	l.list = slices.DeleteFunc(l.list, func(t Text) bool {
		if !foundIn(t.s, key) {
			return false
		}
		gone = append(gone, t)
		return true
	})
	return gone
}

// foundIn reports whether sed finds a key, in which a dot stands for anything.
func foundIn(line, key string) bool {
	line = strings.TrimSuffix(line, "\n")
	if key == "" {
		return true
	}
	if !strings.Contains(key, ".") {
		return strings.Contains(line, key)
	}
	for at := 0; at+len(key) <= len(line); at++ {
		i := 0
		for i < len(key) && (key[i] == '.' || key[i] == line[at+i]) {
			i++
		}
		if i == len(key) {
			return true
		}
	}
	return false
}

// add appends to the file, whose last line may have no end.
func (l *lines) add(t Text) {
	if n := len(l.list); n > 0 && !strings.HasSuffix(l.list[n-1].s, "\n") {
		t = Join(l.list[n-1], t)
		l.list = l.list[:n-1]
	}
	l.list = append(l.list, t.lines()...)
}

func (l *lines) text() Text {
	if l == nil {
		return Text{}
	}
	return Join(l.list...)
}

// druidLines are the lines of env that begin with druid_, as read gives them.
func (s *image) druidLines() []Text {
	vars := slices.DeleteFunc(slices.Clone(s.Env), func(v Var) bool { return !isIdentifier(v.Name.s) })
	slices.SortStableFunc(vars, func(a, b Var) int { return bucket(a.Name.s) - bucket(b.Name.s) })
	var list []Text
	for _, v := range vars {
		for i, line := range Join(v.Name, Made("=", v.Name.Place()), v.Value).lines() {
			line = line.Slice(0, len(strings.TrimSuffix(line.s, "\n")))
			if strings.HasPrefix(line.s, "druid_") {
				list = append(list, line)
			}
			if i == 1 && strings.HasPrefix(v.Name.s, "druid_") {
				s.out.Facts = append(s.out.Facts, Fact{Kind: LostLines, At: v.Name.Place(), Name: v.Name.s})
			}
		}
	}
	return s.readLines(list)
}

// isIdentifier reports whether the shell of the image imports a variable of that
// name.
func isIdentifier(name string) bool {
	for i := range len(name) {
		switch c := name[i]; {
		case c == '_', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', i > 0 && c >= '0' && c <= '9':
		default:
			return false
		}
	}
	return name != ""
}

// bucket is the chain of ash's table of variables that holds a name. The variables
// of a process come chain by chain.
func bucket(name string) int {
	sum := int(name[0]) << 4
	for i := range len(name) {
		sum += int(name[i])
	}
	return sum % 39
}

// readLines is the shell's read: a backslash takes itself away and keeps the next
// character, and at the end of a line joins the next one to it; blanks at both ends
// go.
func (s *image) readLines(raw []Text) (list []Text) {
	for i := 0; i < len(raw); i++ {
		if !strings.Contains(raw[i].s, `\`) {
			text := strings.TrimRight(raw[i].s, " \t")
			list = append(list, raw[i].Slice(0, len(text)))
			continue
		}
		var out []Text
		line, at, end, length := raw[i], 0, 0, 0 // end: of what is kept, blanks or not
		for j := 0; ; j++ {
			if j < len(line.s) && line.s[j] != '\\' {
				if line.s[j] != ' ' && line.s[j] != '\t' {
					end = length + j - at + 1
				}
				continue
			}
			out = append(out, line.Slice(at, j))
			length += j - at
			if j+1 < len(line.s) { // a character that is kept
				out = append(out, line.Slice(j+1, j+2).made(line.s[j+1:j+2]))
				length++
				end = length
				j++
				at = j + 1
				continue
			}
			if j == len(line.s) || i+1 == len(raw) {
				break
			}
			i++
			s.out.Facts = append(s.out.Facts, Fact{Kind: Glued, At: line.Place(), Name: nameIn(line.s), Other: raw[i].Place(), Detail: nameIn(raw[i].s)})
			line, at, j = raw[i], 0, -1
		}
		joined := Join(out...)
		list = append(list, joined.Slice(0, min(end, len(joined.s))))
	}
	return list
}

func nameIn(line string) string {
	name, _, _ := strings.Cut(line, "=")
	return name
}

// echo is what echo -e of busybox makes of a text; it ends at \c.
func echo(t Text) (out Text, cut bool) {
	if !strings.Contains(t.s, `\`) {
		return t, false
	}
	var list []Text
	at := 0
	for i := 0; i+1 < len(t.s); i++ {
		if t.s[i] != '\\' {
			continue
		}
		if t.s[i+1] == 'c' {
			return Join(append(list, t.Slice(at, i))...), true
		}
		char, size := escape(t.s[i:])
		if size == 0 {
			continue
		}
		list = append(list, t.Slice(at, i), t.Slice(i, i+size).made(char))
		at = i + size
		i = at - 1
	}
	return Join(append(list, t.Slice(at, len(t.s)))...), false
}

// escape reads an escape of echo -e; size is 0 for what is none.
func escape(s string) (char string, size int) {
	if i := strings.IndexByte(`abfnrtv\`, s[1]); i >= 0 {
		return "\a\b\f\n\r\t\v\\"[i : i+1], 2
	}
	digits, base, most := "", 8, 3
	switch s[1] {
	case '0':
		digits = s[2:]
	case 'x':
		digits, base, most = s[2:], 16, 2
	default:
		return "", 0
	}
	n, value := 0, 0
	for n < most && n < len(digits) {
		d := strings.IndexByte("0123456789abcdef", digits[n]|0x20)
		if digits[n] <= '9' {
			d = int(digits[n]) - '0'
		}
		if d < 0 || d >= base {
			break
		}
		value, n = value*base+d, n+1
	}
	if n == 0 {
		return "", 0
	}
	return string([]byte{byte(value)}), 2 + n
}
