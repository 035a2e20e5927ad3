package scaffold_test

import (
	"os"
	"os/exec"
	"path"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/internal/edit/scaffold"
	"github.com/implycheck/implycheck/schema"
	"github.com/implycheck/implycheck/sizing"
)

// oddName is a part of an address with what means something to a shell, YAML, Compose, Docker,
// a template of Helm, or Java.
var oddName = rapid.Map(rapid.SliceOfN(rapid.SampledFrom([]string{
	"a", "b-c", "é", "$a", "${a}", "$$", "{{ .a }}", "{{a}}", "{a", "}", ":", ":ro", "/", ",", "=", "%41", "%", "&a", "*a", "!", "|", ">", "<", "~", "^", "(a)", "[a]", ";",
	"+", "@", ".", "-", "'", `"`, `\\n`, "`a`", " ", "\u0085", "\ufeff", "\t", "\n",
}), 1, 4), func(parts []string) string { return strings.Join(parts, "") })

// Whatever an address is, it is refused, or read back from each form as it was said.
func TestOddAddresses(t *testing.T) {
	target, err := schema.ParseTarget("druid-24") // later releases replace ${}
	require.NoError(t, err)
	for _, form := range scaffold.Forms() {
		t.Run(form, func(t *testing.T) {
			t.Parallel()
			written := 0
			rapid.Check(t, func(r *rapid.T) {
				name := oddName.Draw(r, "name")
				addresses := scaffold.Addresses{ZooKeeper: "zk1/" + name, Metadata: "mysql://db/" + name, DeepStorage: rapid.SampledFrom([]string{"s3://", "hdfs://nn/", "file:///"}).Draw(r, "scheme") + name}
				site, err := scaffold.ParseSite(addresses)
				if err != nil || form == "docker-env" && strings.Contains(name, "$") { // Compose, which reads such files too, replaces it
					return
				}
				plan := advise(t, target, machines[1], scaffold.Roles(form))
				files, err := scaffold.FilesIn(form, plan, site)
				if err != nil {
					return
				}
				written++
				dir, err := os.MkdirTemp(t.TempDir(), "")
				require.NoError(r, err)
				_, err = scaffold.Write(dir, files, nil)
				require.NoError(r, err)
				trees, err := conf.Open(t.Context(), dir, conf.Options{Target: &target})
				require.NoError(r, err)
				require.Len(r, trees, 1)
				require.Empty(r, trees[0].Problems)
				for _, s := range trees[0].Services {
					require.Equal(r, "jdbc:mysql://db/"+name, s.Get("druid.metadata.storage.connector.connectURI").Text)
					for key, value := range common(scaffold.Files(plan, site)) {
						require.Equal(r, value, s.Get(key).Text, key)
					}
				}
				require.NoError(r, os.RemoveAll(dir))
			})
			require.NotZero(t, written)
		})
	}
}

// common are the lines of the shared file, without the list of extensions, which an image
// adds to.
func common(files []scaffold.File) map[string]string {
	lines := map[string]string{}
	for _, f := range files {
		if !strings.HasSuffix(f.Path, "/common.runtime.properties") {
			continue
		}
		for line := range strings.Lines(f.Text) {
			if key, value, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "="); ok && !strings.HasPrefix(line, "#") {
				lines[key] = value
			}
		}
	}
	return lines
}

// Docker gets the folders of a machine as they are called, or they are refused.
func TestOddFolders(t *testing.T) {
	bash := installedShells(t)[0]
	target, err := schema.ParseTarget("druid-33")
	require.NoError(t, err)
	site, err := scaffold.ParseSite(scaffold.Addresses{})
	require.NoError(t, err)
	for form, binds := range map[string]func(*testing.T, string) []string{
		"docker-env": func(t *testing.T, text string) []string {
			command, ok := strings.CutPrefix(text[:strings.Index(text, "\n")], "# docker ")
			require.True(t, ok)
			out, err := exec.Command(bash, "-c", `docker() { printf '%s\0' "$@"; }; docker `+command).Output()
			require.NoError(t, err)
			var list []string
			for words := strings.Split(string(out), "\x00"); len(words) > 1; words = words[1:] {
				if words[0] == "-v" {
					list = append(list, words[1])
				}
			}
			return list
		},
		"compose": func(t *testing.T, text string) []string {
			var project struct {
				Services map[string]struct{ Volumes []string }
			}
			require.NoError(t, yaml.Unmarshal([]byte(text), &project))
			list := project.Services["historical"].Volumes
			for i := range list {
				list[i] = strings.ReplaceAll(list[i], "$$", "$")
			}
			return list
		},
	} {
		rapid.Check(t, func(r *rapid.T) {
			mount := "/" + oddName.Draw(r, "mount")
			machine := sizing.Machine{Cores: 16, Memory: 122 << 30, Disks: []sizing.Disk{{Size: 1e12, Mount: mount}}}
			files, err := scaffold.FilesIn(form, advise(t, target, machine, []string{"historical"}), site)
			if strings.ContainsAny(mount, ":\n\t\u0085") {
				require.ErrorContains(r, err, "cannot be a volume of Docker")
				return
			}
			require.NoError(r, err)
			require.Equal(r, []string{path.Join(mount, "druid/historical") + ":/opt/druid/var"}, binds(t, files[0].Text))
		})
	}
}
