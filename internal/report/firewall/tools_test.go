package firewall

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"github.com/implycheck/implycheck/ports"
)

func render(t *testing.T, format string, roles []string, sources Sources) string {
	var out bytes.Buffer
	write, ok := Lookup(format)
	require.True(t, ok)
	require.NoError(t, write(&out, New(mapOf(t).Only(roles), sources, len(roles) == 1)))
	return out.String()
}

// TestToolsAcceptRules has the tools themselves check every role's rules.
func TestToolsAcceptRules(t *testing.T) {
	for _, tool := range []struct {
		format  string
		command []string
	}{
		{"nftables", []string{"unshare", "-n", "nft", "-c", "-f", "-"}},
		{"iptables", []string{"unshare", "-n", "iptables-restore", "--test"}},
		{"iptables", []string{"unshare", "-n", "ip6tables-restore", "--test"}},
		{"ufw", []string{"sh", "-n"}},
		{"aws", []string{"terraform", "fmt", "-check", "-"}},
	} {
		t.Run(strings.Join(tool.command, " "), func(t *testing.T) {
			for _, name := range tool.command {
				if _, err := exec.LookPath(name); err != nil && !strings.HasPrefix(name, "-") {
					t.Skip(name + " is not installed")
				}
				if name == "unshare" && os.Geteuid() != 0 {
					t.Skip("a network namespace needs root")
				}
				if name != "unshare" && name != "-n" {
					break
				}
			}
			for _, role := range ports.Roles {
				cmd := exec.Command(tool.command[0], tool.command[1:]...)
				cmd.Stdin = strings.NewReader(render(t, tool.format, []string{role}, sample(t)))
				out, err := cmd.CombinedOutput()
				require.NoError(t, err, "%s", out)
			}
		})
	}
}

// TestUFWCommandsAreUnderstood has ufw read each of its commands without
// applying them.
func TestUFWCommandsAreUnderstood(t *testing.T) {
	if _, err := exec.LookPath("ufw"); err != nil || os.Geteuid() != 0 {
		t.Skip("needs ufw, and root")
	}
	asked := 0
	for line := range strings.Lines(render(t, "ufw", []string{ports.Data}, sample(t))) {
		if rest, ok := strings.CutPrefix(line, "ufw allow"); ok {
			asked++
			out, err := exec.Command("unshare", "-n", "sh", "-c", "ufw --dry-run allow"+rest).CombinedOutput()
			require.NoError(t, err, "%s%s", line, out)
		}
	}
	require.Greater(t, asked, 10)
}

func TestFirewalldReadsItsZone(t *testing.T) {
	if _, err := exec.LookPath("firewall-offline-cmd"); err != nil || os.Geteuid() != 0 {
		t.Skip("needs firewalld, and root")
	}
	for _, role := range ports.Roles {
		config := t.TempDir()
		zone := filepath.Join(config, "zones", "implycheck.xml")
		require.NoError(t, os.MkdirAll(filepath.Dir(zone), 0o755))
		require.NoError(t, os.WriteFile(zone, []byte(render(t, "firewalld", []string{role}, sample(t))), 0o644))
		out, err := exec.Command("firewall-offline-cmd", "--system-config", config, "--zone", "implycheck", "--list-rich-rules").CombinedOutput()
		require.NoError(t, err, "%s", out)
		for _, o := range New(mapOf(t).Only([]string{role}), sample(t), true).openings() {
			require.Contains(t, string(out), `port port="`+o.Range("-")+`" protocol="tcp" accept`)
		}
	}
}

// TestKubernetesPoliciesMatchTheirSchema reads what is written as YAML and
// holds it against the shape of networking.k8s.io/v1 NetworkPolicy.
func TestKubernetesPoliciesMatchTheirSchema(t *testing.T) {
	schema, err := jsonschema.NewCompiler().Compile("testdata/networkpolicy.schema.json")
	require.NoError(t, err)
	for _, sources := range []Sources{sample(t), {}} {
		d := yaml.NewDecoder(strings.NewReader(render(t, "kubernetes", ports.Roles, sources)))
		names := []any{}
		for {
			var policy map[string]any
			if err := d.Decode(&policy); errors.Is(err, io.EOF) {
				break
			} else {
				require.NoError(t, err)
			}
			require.NoError(t, schema.Validate(policy))
			names = append(names, policy["metadata"].(map[string]any)["name"])
		}
		require.Equal(t, []any{"druid-master", "druid-query", "druid-data"}, names)
	}
	require.Error(t, schema.Validate(map[string]any{"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy"}))
}

// TestTerraformRefersToWhatItDeclares stands in for terraform validate, which
// needs the AWS provider.
func TestTerraformRefersToWhatItDeclares(t *testing.T) {
	text := render(t, "aws", []string{ports.Data}, Sources{})
	for _, declared := range []string{
		`variable "vpc_id"`, `variable "clients"`, `variable "master_security_group_id"`, `variable "query_security_group_id"`,
		`resource "aws_security_group" "druid_data"`,
	} {
		require.Contains(t, text, declared+" {")
	}
	require.NotContains(t, text, "aws_security_group.druid_master")
	require.Contains(t, text, "source_security_group_id = aws_security_group.druid_data.id", "tasks call tasks")
	whole := render(t, "aws", ports.Roles, Sources{})
	require.NotContains(t, whole, "_security_group_id\" {", "with all roles no group is unknown")
	require.Contains(t, whole, "cidr_blocks       = var.clients")
}
