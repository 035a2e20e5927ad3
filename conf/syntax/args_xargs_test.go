package syntax

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// xargsScript passes every *.in of a folder through the real thing: the exit
// code of xargs and the words of the shell, one a line, go to *.out.
const xargsScript = `
set -f
for f in $1; do
	out=$(cat "$f" | xargs 2>/dev/null)
	code=$?
	{ echo $code; for w in $out; do printf '%s\n' "$w"; done; } > "${f%.in}.out"
done`

// TestArgsAgainstXargs compares ParseArgs with xargs and the shell. The inputs
// leave out n, e and E, since echo would eat -n, -e and -E.
func TestArgsAgainstXargs(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	if _, err := exec.LookPath("xargs"); err != nil && os.Getenv("CI") == "" {
		t.Skip("no xargs here")
	}
	inputs := []string{"", "\n", `"`, `a "`, `'' `, "a\\", "a\\\nb", "a\r\nb\r\n\r\n", "a \v\f b\v", "x y\"a b", "\\\n\\\n", "'a\nb'"}
	random := rand.New(rand.NewPCG(1, 2))
	pieces := strings.Split("a,b,-X,-Dk=v,é,\xa0,#,%,:, , , \t,\n,\n,\r\n,\r,\v,\f,\\,\\,',',\",\",\"x y\",'x y',\\ ,\\\",\\\n", ",")
	for len(inputs) < 1500 {
		var text strings.Builder
		for range random.IntN(14) {
			text.WriteString(pieces[random.IntN(len(pieces))])
		}
		inputs = append(inputs, text.String())
	}

	dir := t.TempDir()
	var names []string
	for i, input := range inputs {
		name := fmt.Sprintf("%04d", i)
		names = append(names, name+".in")
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".in"), []byte(input), 0o600))
	}
	command := exec.Command("sh", "-c", xargsScript, "sh", strings.Join(names, " "))
	command.Dir = dir
	command.Env = append(os.Environ(), "LC_ALL=C")
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))

	for i, input := range inputs {
		out, err := os.ReadFile(filepath.Join(dir, fmt.Sprintf("%04d.out", i)))
		require.NoError(t, err)
		code, words, _ := strings.Cut(string(out), "\n")
		args := ParseArgs([]byte(input))
		got := ""
		for _, word := range args.Words {
			got += word.Text + "\n"
		}
		require.Equal(t, words, got, "%q", input)
		require.Equal(t, code == "0", args.Err == nil, "%q: xargs ended with %s", input, code)
	}
}
