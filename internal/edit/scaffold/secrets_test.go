package scaffold_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// A secret arrives as it was typed, whatever is in it: the commands of the list are run as
// written, and what they write is read as those read it for whom it is.
func TestSecretsArrive(t *testing.T) {
	shells := installedShells(t)
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	site, err := scaffold.ParseSite(scaffold.Addresses{ZooKeeper: "zk1", Metadata: "postgresql://db/druid", DeepStorage: "azure://account@box/p"})
	require.NoError(t, err)
	readers := map[string]func(*testing.T, string) map[string]string{"docker-env": lines("secrets.env"), "operator": lines("input"), "compose": dotenv, "helm": configVars}
	for form, read := range readers {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			plan := advise(t, target, machines[1], scaffold.Roles(form))
			files, err := scaffold.FilesIn(form, plan, site)
			require.NoError(t, err)
			command := commandWith(t, scaffold.Todo(form, dir, plan, site, files), "VALUE")
			rapid.Check(t, func(r *rapid.T) {
				password, key := secretText.Draw(r, "password"), secretText.Draw(r, "key")
				shell := exec.Command(rapid.SampledFrom(shells).Draw(r, "shell"), "-c", "helm() { cat > input; }; kubectl() { cat > input; }; "+command)
				shell.Dir, shell.Stdin = dir, strings.NewReader(password+"\n"+key+"\n")
				out, err := shell.CombinedOutput()
				require.NoError(r, err, string(out))
				require.Equal(r, map[string]string{"DRUID_METADATA_PASSWORD": password, "AZURE_STORAGE_KEY": key}, read(t, dir))
			})
		})
	}
}

// secretText is anything that can be typed in a line.
var secretText = rapid.StringOfN(rapid.OneOf(rapid.RuneFrom([]rune(` '"\$#{}:&%/!*|-=`+"`")), rapid.RuneFrom(nil, unicode.L, unicode.N, unicode.P, unicode.S)), 0, 12, -1)

// installedShells are those that the commands are for.
func installedShells(t *testing.T) (list []string) {
	for _, name := range []string{"bash", "zsh"} {
		if _, err := exec.LookPath(name); err == nil {
			list = append(list, name)
		}
	}
	require.NotEmpty(t, list, "the commands are for bash and zsh")
	return list
}

// commandWith is the command of a list that has a text.
func commandWith(t *testing.T, steps []sizing.Step, text string) string {
	for _, step := range steps {
		for _, command := range step.Commands {
			if strings.Contains(command, text) {
				return command
			}
		}
	}
	t.Fatalf("no command has %s", text)
	return ""
}

// lines reads a file as docker run and kubectl do.
func lines(name string) func(*testing.T, string) map[string]string {
	return func(t *testing.T, dir string) map[string]string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		require.NoError(t, err)
		values := map[string]string{}
		for line := range strings.Lines(string(data)) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			values[name] = value
		}
		return values
	}
}

func configVars(t *testing.T, dir string) map[string]string {
	data, err := os.ReadFile(filepath.Join(dir, "input"))
	require.NoError(t, err)
	var values struct {
		ConfigVars map[string]string `yaml:"configVars"`
	}
	require.NoError(t, yaml.Unmarshal(data, &values))
	return values.ConfigVars
}

// dotenv reads .env as Compose does: what is between double quotes has no $, and a
// backslash before what would be more than a character.
func dotenv(t *testing.T, dir string) map[string]string {
	values := lines(".env")(t, dir)
	for name, value := range values {
		require.Regexp(t, `^"([^"$\\]|\\["$\\])*"$`, value)
		values[name] = regexp.MustCompile(`\\(.)`).ReplaceAllString(value[1:len(value)-1], "$1")
	}
	return values
}
