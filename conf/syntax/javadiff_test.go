package syntax

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// TestPropertiesAsJava parses generated files with java.util.Properties itself
// and demands equal maps and equal failures.
func TestPropertiesAsJava(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	java, err := exec.LookPath("java")
	if err != nil {
		require.Empty(t, os.Getenv("CI"), "CI must have java")
		t.Skip("there is no java to compare with")
	}
	const files = 24_000
	random := rand.New(rand.NewPCG(7, 13))
	inputs := make([][]byte, files)
	request := binary.BigEndian.AppendUint32(nil, files)
	for i := range inputs {
		inputs[i] = generateProperties(random)
		request = binary.BigEndian.AppendUint32(request, uint32(len(inputs[i])))
		request = append(request, inputs[i]...)
	}
	cmd := exec.Command(java, "testdata/PropertiesOracle.java")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(request), os.Stderr
	answer, err := cmd.Output()
	require.NoError(t, err)
	r := bytes.NewReader(answer)
	failures, keys := 0, 0
	for _, input := range inputs {
		want, failed := readAnswer(t, r)
		got := ParseProperties(input)
		require.Equal(t, failed, got.Err != nil, "%q", input)
		if failed {
			failures++
			continue
		}
		require.Equal(t, want, got.Map(), "%q", input)
		keys += len(want)
	}
	_, err = r.ReadByte()
	require.ErrorIs(t, err, io.EOF)
	require.Greater(t, failures, files/50, "too few failures to prove anything")
	require.Greater(t, keys, files, "too few keys to prove anything")
}

func readAnswer(t *testing.T, r io.Reader) (map[string]string, bool) {
	number := func() int {
		var n int32
		require.NoError(t, binary.Read(r, binary.BigEndian, &n))
		return int(n)
	}
	text := func() string {
		units := make([]uint16, number())
		require.NoError(t, binary.Read(r, binary.BigEndian, units))
		return fromUTF16(units)
	}
	n := number()
	if n < 0 {
		return nil, true
	}
	m := make(map[string]string, n)
	for range n {
		key := text()
		m[key] = text()
	}
	return m, false
}

// fromUTF16 keeps lone surrogates, as three bytes.
func fromUTF16(units []uint16) string {
	var b strings.Builder
	for i := 0; i < len(units); i++ {
		u := rune(units[i])
		if i+1 < len(units) {
			if c := utf16.DecodeRune(u, rune(units[i+1])); c != utf8.RuneError {
				b.WriteRune(c)
				i++
				continue
			}
		}
		if utf16.IsSurrogate(u) {
			b.Write([]byte{0xe0 | byte(u>>12), 0x80 | byte(u>>6)&0x3f, 0x80 | byte(u)&0x3f})
			continue
		}
		b.WriteRune(u)
	}
	return b.String()
}

// pieces are what makes properties files hard to read.
var pieces = []string{
	"druid.zk.service.host", "key", "a.b", "value", "1", "true", `["a", "b"]`, `{"a":1}`, "# comment", "! comment", "#druid.port=1",
	"=", "=", "=", ":", " = ", " : ", "==", " ", "\t", "\f", "  ",
	"\n", "\n", "\n", "\r", "\r\n", "\n\n", "\\\n", "\\\r\n", "\\\r", "\\\n  ", "\\\n#", "\\\n\n", "\\\\\n",
	"\\", "\\\\", `\=`, `\:`, `\ `, `\#`, `\!`, `\t`, `\n`, `\r`, `\f`, `\z`, `\"`, `\é`, `\d+`, `C:\temp`,
	"\\u0041", "\\u00e9", "\\u20AC", "\\ud83d\\ude00", "\\ud83d", "\\ude00\\ud83d", "\\u003d", "\\u000a", "\\u005c", "\\u", "\\u12", "\\uzzzz", "\\U0041",
	"\\u00\\\n41", "\\\n\\u0041",
	"\x00", "\ufeff", "é", "€", "😀", "\u00a0", "\u2028", "\u0085", "\x0b",
	"\xff", "\xc0\x80", "\xc3", "\xe2\x82", "\xed\xa0\x80", "\xed\xa0", "\xf0\x9f\x98", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80", "\x80", "\xe0\x80\x80",
}

// generateProperties makes a file of such pieces, now and then of random bytes.
func generateProperties(random *rand.Rand) []byte {
	var b bytes.Buffer
	if random.IntN(20) == 0 {
		b.WriteString("\ufeff")
	}
	for range random.IntN(24) {
		switch random.IntN(30) {
		case 0:
			b.WriteByte(byte(random.Uint32()))
		case 1, 2, 3:
			b.WriteString("\ndruid.key")
			b.WriteByte(byte('a' + random.IntN(4)))
			b.WriteString("=")
		default:
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
	}
	return b.Bytes()
}
