package policy_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/internal/disk"
	"github.com/implycheck/implycheck/lint/policy"
)

// The tests evaluate policies as the program does: in a process of their own.
func TestMain(m *testing.M) {
	if len(os.Args) == 2 && os.Args[1] == policy.WorkerArgument {
		policy.Work()
		return
	}
	policy.Program, _ = os.Executable()
	os.Exit(m.Run())
}

// nested are shapes that CUE descends into once for each part of them.
var nested = map[string]func(n int) string{
	"labels":         func(n int) string { return "#a: " + strings.Repeat(`"":`, n) + "1" },
	"parentheses":    func(n int) string { return "#a: " + strings.Repeat("(", n) + "1" + strings.Repeat(")", n) },
	"lists":          func(n int) string { return "#a: " + strings.Repeat("[", n) + strings.Repeat("]", n) },
	"structs":        func(n int) string { return "#a: " + strings.Repeat("{a:", n) + "1" + strings.Repeat("}", n) },
	"structs, lines": func(n int) string { return "#a: " + strings.Repeat("{\nb: 1\na:", n) + "1" + strings.Repeat("}", n) },
	"operators":      func(n int) string { return "#a: " + strings.Repeat("-", n) + "1" },
	"sums":           func(n int) string { return "#a: 1" + strings.Repeat("+1", n) },
	"selectors":      func(n int) string { return "#b: _\n#a: #b" + strings.Repeat(".a", n) },
	"calls":          func(n int) string { return "#a: " + strings.Repeat("len(", n) + strings.Repeat(")", n) },
	"strings":        func(n int) string { return "#a: " + strings.Repeat(`"\(`, n) + "1" + strings.Repeat(`)"`, n) },
	"conditions":     func(n int) string { return "#a: {" + strings.Repeat("if true ", n) + "{}}" },
	"brackets, open": func(n int) string { return "#a: " + strings.Repeat("[", n) },
}

// What is nested too deeply is refused before CUE descends into it; what is
// nested half as deeply as is allowed is only slow.
func TestNesting(t *testing.T) {
	for name, shape := range nested {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "deep.cue")
			require.NoError(t, os.WriteFile(file, []byte(shape(100_000)), 0o600))
			_, err := runner(t).Load(t.Context(), disk.User(file))
			require.ErrorContains(t, err, "policy "+file+":")
			require.ErrorContains(t, err, "it is nested more than 5000 levels deep here")

			require.NoError(t, os.WriteFile(file, []byte(shape(200)), 0o600))
			_, err = runner(t).Load(t.Context(), disk.User(file))
			if err != nil {
				require.NotContains(t, err.Error(), "nested")
				require.NotContains(t, err.Error(), "deeply")
			}
		})
	}
}

// A list that is long, and lines that are many, are not nested.
func TestLongIsNotDeep(t *testing.T) {
	var text strings.Builder
	fmt.Fprintf(&text, "#a: [%s]\n", strings.Repeat("1, ", 6000))
	for i := range 3000 {
		fmt.Fprintf(&text, "#s%d: \"a\\(#a[0])b\"\n", i)
	}
	load(t, text.String()+`broker: "druid.server.http.numThreads": 60`)
}

func doubled(times int) string {
	var text strings.Builder
	text.WriteString("#s0: \"xxxxxxxxxxxxxxxx\"\n")
	for i := range times {
		fmt.Fprintf(&text, "#s%d: #s%d+#s%d\n", i+1, i, i)
	}
	return text.String()
}

// tooMuch depends on how fast the machine is.
const tooMuch = "it takes (more than 512 MiB of memory|too long: the policies of a run have 10s together, and 100ms for each tree)"

// A policy that takes too much is stopped, and the error says what of.
func TestTooMuch(t *testing.T) {
	if testing.Short() {
		t.Skip("what it looks at runs in another process")
	}
	for name, c := range map[string]struct{ text, want string }{
		"doubling": {doubled(40), tooMuch},
		"a range":  {"import \"list\"\n#n: len(list.Range(0, 2000000000, 1))", tooMuch},
		"message":  {`broker: x: 1 @rule(a, message="` + strings.Repeat("x", 1001) + `")`, ": @rule: the message has more than 1000 characters"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "much.cue")
			require.NoError(t, os.WriteFile(file, []byte(c.text), 0o600))
			_, err := runner(t).Load(t.Context(), disk.User(file))
			require.Error(t, err)
			require.Regexp(t, "^policy "+regexp.QuoteMeta(file)+".*"+c.want+"$", err.Error())
		})
	}
}

// late takes too much only with a tree's values.
func late() string {
	var text strings.Builder
	text.WriteString("services: [string]: S={\n_s0: S.\"druid.service\"\n\"druid.service\": _\n\"druid.x\"?: _s40\n")
	for i := range 40 {
		fmt.Fprintf(&text, "_s%d: _s%d+_s%d\n", i+1, i, i)
	}
	return text.String() + "}\n"
}

// A policy that was stopped is not evaluated again, and the others of the run are.
func TestStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector takes more memory than its process may have")
	}
	r := runner(t)
	folder := t.TempDir()
	var policies []*policy.Policy
	for name, text := range map[string]string{"late.cue": late(), "fine.cue": `broker: "druid.server.http.numThreads": 1`} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
		p, err := r.Load(t.Context(), disk.User(filepath.Join(folder, name)))
		require.NoError(t, err)
		policies = append(policies, p)
	}
	if strings.HasSuffix(policies[0].Name, "fine.cue") {
		policies[0], policies[1] = policies[1], policies[0]
	}
	for i := range 3 {
		begun := time.Now()
		found := policies[0].Check(t.Context(), clean(t), "cluster")
		require.Len(t, found, 1)
		require.Regexp(t, "^the policy "+regexp.QuoteMeta(policies[0].Name)+" was not checked: "+tooMuch+"$", found[0].Message)
		require.True(t, policy.IsUnchecked(found[0]))
		if i > 0 {
			require.Less(t, time.Since(begun), time.Second)
		}
		found = policies[1].Check(t.Context(), clean(t), "cluster")
		require.Len(t, found, 1)
		require.False(t, policy.IsUnchecked(found[0]))
	}
}

// The end of the context ends an evaluation at once.
func TestCancelled(t *testing.T) {
	file := filepath.Join(t.TempDir(), "slow.cue")
	require.NoError(t, os.WriteFile(file, []byte("import \"list\"\n#n: list.Range(0, 3000, 1)\n#s: list.Sum([for x in #n for y in #n {x * y}])"), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := runner(t).Load(ctx, disk.User(file))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Less(t, time.Since(begun), 2*time.Second)
}
