package syntax

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/implycheck/implycheck/internal/lazy"
)

// FlagKind sorts the arguments of java.
type FlagKind int

// The kinds of arguments.
const (
	Other          FlagKind = iota // not an option: java takes the first one as the main class
	Size                           // -Xmx8g, -XX:MaxDirectMemorySize=8g
	Toggle                         // -XX:+UseG1GC, -XX:-UseG1GC
	Option                         // -XX:OnOutOfMemoryError=...
	SystemProperty                 // -Dkey=value
	Standard                       // -server, -cp, -javaagent:..., -Xlog:..., --add-opens=...
	ArgFile                        // @file
)

// Flag is one argument of java, understood.
type Flag struct {
	Word
	Kind FlagKind
	// Name has no punctuation: Xmx, MaxDirectMemorySize, user.timezone, cp.
	Name     string
	Value    string
	HasValue bool
	// On tells -XX:+Name from -XX:-Name.
	On bool
	// Bytes is the value of a Size; BytesOK is false when java refuses it.
	Bytes   int64
	BytesOK bool
}

// sizeFlags are the -X options followed by a size at once.
var sizeFlags = []string{"Xmx", "Xms", "Xmn", "Xss"}

// sizeOptions are the -XX options whose value is a number of bytes.
var sizeOptions = lazy.Value[map[string]bool]{New: func() map[string]bool {
	return map[string]bool{
		"CompressedClassSpaceSize": true,
		"G1HeapRegionSize":         true,
		"GCLogFileSize":            true,
		"InitialCodeCacheSize":     true,
		"InitialHeapSize":          true,
		"LargePageSizeInBytes":     true,
		"MaxDirectMemorySize":      true,
		"MaxHeapSize":              true,
		"MaxMetaspaceSize":         true,
		"MaxNewSize":               true,
		"MaxPermSize":              true,
		"MaxRAM":                   true,
		"MetaspaceSize":            true,
		"MinHeapSize":              true,
		"NewSize":                  true,
		"PermSize":                 true,
		"ReservedCodeCacheSize":    true,
		"SoftMaxHeapSize":          true,
		"TLABSize":                 true,
	}
}}

// valueFollows are the options that take the next argument as their value.
var valueFollows = lazy.Value[map[string]bool]{New: func() map[string]bool {
	return map[string]bool{
		"-cp": true, "-classpath": true, "--class-path": true,
		"-p": true, "--module-path": true, "--upgrade-module-path": true,
		"--add-modules": true, "--limit-modules": true, "--add-exports": true,
		"--add-opens": true, "--add-reads": true, "--patch-module": true,
		"-jar": true, "-m": true, "--module": true,
	}
}}

// ParseFlags understands the arguments of java. The words behind options like
// -cp become the value of that option and no flag of their own.
func ParseFlags(words []Word) []Flag {
	flags := make([]Flag, 0, len(words))
	for i := 0; i < len(words); i++ {
		flag := parseFlag(words[i])
		if valueFollows.Get()[flag.Text] && i+1 < len(words) {
			i++
			flag.Value, flag.HasValue = words[i].Text, true
		}
		flags = append(flags, flag)
	}
	return flags
}

func parseFlag(word Word) Flag {
	flag := Flag{Word: word}
	switch text := word.Text; {
	case strings.HasPrefix(text, "-D"):
		flag.Kind = SystemProperty
		flag.Name, flag.Value, flag.HasValue = strings.Cut(text[2:], "=")
	case strings.HasPrefix(text, "-XX:"):
		flag.parseOption(text[len("-XX:"):])
	case strings.HasPrefix(text, "-"):
		flag.parseStandard(text)
	case strings.HasPrefix(text, "@") && !strings.HasPrefix(text, "@@"):
		flag.Kind = ArgFile
		flag.Name, flag.Value, flag.HasValue = "@", text[1:], true
	}
	return flag
}

// parseOption reads what stands behind -XX:.
func (f *Flag) parseOption(text string) {
	if text != "" && (text[0] == '+' || text[0] == '-') {
		f.Kind, f.Name, f.On = Toggle, text[1:], text[0] == '+'
		return
	}
	f.Kind = Option
	f.Name, f.Value, f.HasValue = strings.Cut(text, "=")
	if sizeOptions.Get()[f.Name] {
		f.setSize(f.Value)
	}
}

// parseStandard reads every other option.
func (f *Flag) parseStandard(text string) {
	for _, name := range sizeFlags {
		if value, ok := strings.CutPrefix(text, "-"+name); ok {
			f.Name, f.Value, f.HasValue = name, value, value != ""
			f.setSize(value)
			return
		}
	}
	separator := ":"
	if strings.HasPrefix(text, "--") {
		separator = "="
	}
	f.Kind = Standard
	f.Name, f.Value, f.HasValue = strings.Cut(strings.TrimLeft(text, "-"), separator)
}

func (f *Flag) setSize(value string) {
	f.Kind = Size
	bytes, err := ParseJVMSize(value)
	f.Bytes, f.BytesOK = bytes, err == nil
}

// LastFlag gives the flag that counts when several say the same: java takes the
// last one. Several names are several spellings, as Xmx and MaxHeapSize are.
func LastFlag(flags []Flag, kind FlagKind, names ...string) (Flag, bool) {
	for i := len(flags) - 1; i >= 0; i-- {
		if flags[i].Kind != kind {
			continue
		}
		for _, name := range names {
			if flags[i].Name == name {
				return flags[i], true
			}
		}
	}
	return Flag{}, false
}

// ParseJVMSize reads a size as the JVM does: digits and at most one letter of
// k, m, g and t, in either case, meaning powers of 1024.
func ParseJVMSize(text string) (int64, error) {
	digits := 0
	for digits < len(text) && '0' <= text[digits] && text[digits] <= '9' {
		digits++
	}
	if digits == 0 {
		return 0, errors.New("a size begins with a digit")
	}
	shift, err := jvmShift(text[digits:])
	if err != nil {
		return 0, err
	}
	number, err := strconv.ParseInt(text[:digits], 10, 64)
	if err != nil || number > math.MaxInt64>>shift {
		return 0, errors.New("the size is too large")
	}
	return number << shift, nil
}

// jvmShift gives the power of two that a unit stands for.
func jvmShift(unit string) (uint, error) {
	switch unit {
	case "":
		return 0, nil
	case "k", "K":
		return 10, nil
	case "m", "M":
		return 20, nil
	case "g", "G":
		return 30, nil
	case "t", "T":
		return 40, nil
	}
	return 0, errors.New("the unit of a size is one letter: k, m, g or t")
}

// breakingSpace is where Guava's CharMatcher.breakingWhitespace breaks.
const breakingSpace = "\t\n\v\f\r \u0085\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006" +
	"\u2008\u2009\u200a\u2028\u2029\u205f\u3000"

// SplitJavaOpts cuts druid.indexer.runner.javaOpts into arguments as the
// MiddleManager does: at white space outside of double quotes. The quotes stay
// in the arguments, and java gets them.
func SplitJavaOpts(value string) []string {
	var words []string
	quoted := false
	begin := 0
	for i, c := range value + " " {
		if c == '"' {
			quoted = !quoted
		}
		end := i == len(value)
		if !end && (quoted || !strings.ContainsRune(breakingSpace, c)) {
			continue
		}
		if i > begin {
			words = append(words, value[begin:i])
		}
		begin = i + utf8.RuneLen(c)
	}
	return words
}
