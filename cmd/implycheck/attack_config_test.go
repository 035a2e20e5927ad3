//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// stolen are texts of files that a stranger would like to see printed: as they lie
// about, and as they look to each reader.
var stolen = []string{
	"S3CR3T\n", "root:S3CR3T:20228::\n", "a: S3CR3T\n", "S3CR3T=x y\n", "export S3CR3T='x'\n", "-----BEGIN PRIVATE KEY-----\nS3CR3T\n-----END PRIVATE KEY-----\n",
	"version: S3CR3T\n", "version: 1\nfail-on: S3CR3T\n", "version: 1\nS3CR3T: x\n", "version: 1\nexclude: [S3CR3T\n", "version: 1\nrules: {S3CR3T: off}\n",
	"\"S3CR3T\" \"S3CR3T\"\n", "import \"S3CR3T\"\n", "S3CR3T: broker: \"druid.port\": 1\n", "broker: \"druid.port\": S3CR3T\n", "broker: \"S3CR3T\": 1 @rule(S3CR3T, x=)\n", "broker: \"druid.host\": \"S3CR3T\" & \"x\"\n",
	"{\"version\":1}\nS3CR3T\n", "{\"version\":\"S3CR3T\"}\n", "{\"version\":1}\n{\"S3CR3T\":1}\n", "{\"version\":1}\n{\"rule\":{\"S3CR3T\":1}}\n", "[core]\n\textraheader = AUTHORIZATION: basic S3CR3T\n",
}

// A configuration file that lies in a checkout makes no other file be read, and
// none be quoted: neither one outside nor one that a CI system has put beside it.
func TestAttackByAConfig(t *testing.T) {
	outside := func(text string) (string, string) { return "../outside/f.cue", text }
	for name, c := range map[string]struct {
		where  func(text string) (file, content string)
		config string // $F stands for the absolute path of the file
		line   string
	}{
		"a link":                 {outside, "", "ln -s ../outside/f.cue .implycheck.yaml"},
		"an absolute link":       {outside, "", "ln -s $PWD/../outside/f.cue .implycheck.yaml"},
		"a link beside":          {func(s string) (string, string) { return ".env", s }, "", "ln -s .env .implycheck.yaml"},
		"a link to git's":        {func(s string) (string, string) { return ".git/token", s }, "", "ln -s .git/token .implycheck.yaml"},
		"a policy, absolute":     {outside, "policies: [$F]", ""},
		"a policy above":         {outside, "policies: [../outside/f.cue]", ""},
		"a policy, hidden above": {outside, "policies: [conf/../../outside/f.cue]", ""},
		"a linked policy":        {outside, "policies: [p.cue]", "ln -s ../outside/f.cue p.cue"},
		"a folder of policies":   {outside, "policies: [p]", "ln -s ../outside p"},
		"a link in a folder":     {outside, "policies: [p]", "mkdir p; ln -s ../../outside/f.cue p/p.cue"},
		"a policy beside":        {func(s string) (string, string) { return ".env", s }, "policies: [.env]", ""},
		"a linked policy beside": {func(s string) (string, string) { return ".env", s }, "policies: [p.cue]", "ln -s .env p.cue"},
		"a policy of git's":      {func(s string) (string, string) { return ".git/token", s }, "policies: [.git/token]", ""},
		"a baseline, absolute":   {outside, "baseline: $F", ""},
		"a baseline above":       {outside, "baseline: ../outside/f.cue", ""},
		"a linked baseline":      {outside, "baseline: b.jsonl", "ln -s ../outside/f.cue b.jsonl"},
		"a baseline in a link":   {outside, "baseline: p/f.cue", "ln -s ../outside p"},
		"a baseline beside":      {func(s string) (string, string) { return ".env", s }, "baseline: .env", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for i, secret := range stolen {
				dir := checkout(t, false)
				require.NoError(t, os.Mkdir(filepath.Join(dir, ".git"), 0o755))
				file, content := c.where(secret)
				full := filepath.Join(dir, file)
				lay(t, dir, map[string]string{file: content})
				if c.config != "" {
					lay(t, dir, map[string]string{".implycheck.yaml": "version: 1\n" + strings.ReplaceAll(c.config, "$F", full) + "\n"})
				}
				if c.line != "" {
					shell(t, dir, c.line)
				}
				commands := [][]string{{"lint", "conf"}, {"config", "verify"}, {"baseline", "update", "conf"}}
				if i%5 > 0 {
					commands = commands[:1]
				}
				for _, args := range commands {
					got := attack(t, dir, args...)
					require.NotContains(t, got.text, "S3CR3T", "%v: %q", args, secret)
				}
			}
		})
	}
}

// What never ends, or is far too large, is not read, whoever names it.
func TestAttackByWhatNeverEnds(t *testing.T) {
	for name, c := range map[string]struct {
		line string
		args []string
	}{
		"config, a pipe":           {"mkfifo .implycheck.yaml", []string{"lint", "conf"}},
		"config, standard input":   {"ln -s /dev/stdin .implycheck.yaml", []string{"lint", "conf"}},
		"config, zeros":            {"ln -s /dev/zero .implycheck.yaml", []string{"lint", "conf"}},
		"config, a folder":         {"mkdir .implycheck.yaml", []string{"lint", "conf"}},
		"config, large":            {"printf 'version: 1\\n' > .implycheck.yaml; truncate -s 1G .implycheck.yaml", []string{"lint", "conf"}},
		"--config, a pipe":         {"mkfifo f", []string{"lint", "--config", "f", "conf"}},
		"--config, zeros":          {"true", []string{"lint", "--config", "/dev/zero", "conf"}},
		"--config, standard input": {"true", []string{"lint", "--config", "/dev/stdin", "conf"}},
		"verify, a pipe":           {"mkfifo f", []string{"config", "verify", "f"}},
		"show, a pipe":             {"mkfifo .implycheck.yaml", []string{"config", "show", "conf"}},
		"baseline, a pipe":         {"mkfifo f; printf 'version: 1\\nbaseline: f\\n' > .implycheck.yaml", []string{"lint", "conf"}},
		"baseline, zeros":          {"printf 'version: 1\\nbaseline: /dev/zero\\n' > .implycheck.yaml", []string{"lint", "conf"}},
		"--baseline, a pipe":       {"mkfifo f", []string{"lint", "--baseline", "f", "conf"}},
		"--baseline, zeros":        {"true", []string{"lint", "--baseline", "/dev/zero", "conf"}},
		"--baseline, large":        {"printf '{\"version\":1}\\n' > f; truncate -s 1G f", []string{"lint", "--baseline", "f", "conf"}},
		"update, a pipe":           {"mkfifo f", []string{"baseline", "update", "--baseline", "f", "conf"}},
		"policy, a pipe":           {"mkfifo f.cue; printf 'version: 1\\npolicies: [f.cue]\\n' > .implycheck.yaml", []string{"lint", "conf"}},
		"policy, zeros":            {"ln -s /dev/zero f.cue; printf 'version: 1\\npolicies: [f.cue]\\n' > .implycheck.yaml", []string{"lint", "conf"}},
		"policy, one of a folder":  {"mkdir p; mkfifo p/f.cue; printf 'version: 1\\npolicies: [p]\\n' > .implycheck.yaml", []string{"lint", "conf"}},
		"--policy, a pipe":         {"mkfifo f.cue", []string{"lint", "--policy", "f.cue", "conf"}},
		"--policy, zeros":          {"true", []string{"lint", "--policy", "/dev/zero", "conf"}},
		"--policy, large":          {"truncate -s 1G f.cue", []string{"lint", "--policy", "f.cue", "conf"}},
		"--policy, many":           {"mkdir p; cd p; for i in $(seq 200); do echo '#a: 1' > $i.cue; done", []string{"lint", "--policy", "p", "conf"}},
		"path, a pipe":             {"mkfifo f", []string{"lint", "f"}},
		"path, a packed pipe":      {"mkfifo f.zip", []string{"lint", "f.zip"}},
		"path, a packed device":    {"ln -s /dev/zero f.tar.gz", []string{"lint", "f.tar.gz"}},
		"path, zeros":              {"true", []string{"show", "/dev/zero"}},
		"diff, a pipe":             {"mkfifo f", []string{"diff", "f", "conf"}},
		"size, a pipe":             {"mkfifo f", []string{"size", "--instance", "r4.2xlarge", "--conf", "f"}},
		"a packed large file":      {"truncate -s 1G f.zip", []string{"lint", "f.zip"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := checkout(t, false)
			shell(t, dir, c.line)
			got := attack(t, dir, c.args...)
			require.Equal(t, 2, got.code, got.text)
		})
	}
}

// Files that were made to cost much cost little, and mistakes are told once.
func TestAttackByAHugeConfig(t *testing.T) {
	for name, text := range map[string]string{
		"rules":    "version: 1\nlocked: [" + strings.Repeat("no-such-rule, ", 15_000) + "x]\n",
		"ignores":  "version: 1\nignore: [" + strings.Repeat("{rule: x-y, path: a, reason: b}, ", 7_000) + "]\n",
		"globs":    "version: 1\nexclude: [" + strings.Repeat("'**/a/**/b/**/c*d*e*f', ", 9_000) + "]\n",
		"one glob": "version: 1\nexclude: ['" + strings.Repeat("**/*a*/", 30_000) + "']\n",
		"nesting":  "version: 1\npaths: " + strings.Repeat("[", 100_000) + "\n",
		"keys":     "version: 1\n" + strings.Repeat("? a\n", 60_000),
	} {
		t.Run(name, func(t *testing.T) {
			dir := checkout(t, false)
			lay(t, dir, map[string]string{".implycheck.yaml": text})
			got := attack(t, dir, "lint", "conf")
			require.Less(t, len(got.text), 20_000)
		})
	}
	aliases := "version: 1\na: &a [x, x, x, x, x, x, x, x, x, x]\n"
	for c := 'b'; c < 'k'; c++ {
		aliases += fmt.Sprintf("%c: &%c [%s]\n", c, c, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*%c, ", c-1), 10), ", "))
	}
	dir := checkout(t, false)
	lay(t, dir, map[string]string{".implycheck.yaml": aliases})
	attack(t, dir, "lint", "conf").requireCode(t, 2, ".implycheck.yaml")
}

// Baselines are data: what they hold hides nothing that it does not name, and
// counts do not overflow.
func TestAttackByABaseline(t *testing.T) {
	for name, entries := range map[string]string{
		"a huge count":     `{"file":"conf/druid/broker/runtime.properties","rule":"prop-type-int","property":"druid.x","source":"x","count":9223372036854775807}` + "\n" + `{"file":"conf/druid/broker/runtime.properties","rule":"prop-type-int","property":"druid.x","source":"x","count":9223372036854775807}`,
		"a negative count": `{"file":"a","rule":"b","count":-1}`,
		"nothing":          "",
		"everything":       `{"file":"**","rule":"*"}`,
		"deep":             strings.Repeat("[", 1_000_000),
		"a long line":      `{"file":"` + strings.Repeat("a", 10_000_000) + `","rule":"b"}`,
		"many":             strings.Repeat(`{"file":"a","rule":"b"}`+"\n", 200_000),
	} {
		t.Run(name, func(t *testing.T) {
			dir := checkout(t, false)
			lay(t, dir, map[string]string{brokerFile: brokerText + mistake, "b.jsonl": "{\"version\":1}\n" + entries + "\n", ".implycheck.yaml": "version: 1\nbaseline: b.jsonl\n"})
			got := attack(t, dir, "lint", "-q", "conf")
			require.NotEqual(t, 0, got.code, "the mistake is hidden")
		})
	}
}
