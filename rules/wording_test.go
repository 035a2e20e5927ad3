package rules_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/rules"
)

// TestHelpInTheWordsOfTheForm looks for a help in each form, by its rule.
func TestHelpInTheWordsOfTheForm(t *testing.T) {
	const service = "services:\n  router:\n    image: apache/druid:33.0.0\n    command: [router]\n"
	for _, c := range []struct {
		name  string
		files map[string]string
		rule  string
		help  string
	}{
		{"conf", map[string]string{"conf/druid/router/jvm.config": "-Xms2g\n-Xmx1g\n", "conf/druid/router/runtime.properties": "druid.service=druid/router\n"},
			"jvm-xms-greater-than-xmx", "Give -Xms the size of -Xmx."},
		{"image", map[string]string{"compose.yaml": service + "    environment: {DRUID_XMX: 128m}\n"},
			"jvm-xms-greater-than-xmx", "Give DRUID_XMS the size of DRUID_XMX."},
		{"variable", map[string]string{"compose.yaml": service + "    environment: {DRUID_XMX: 128m, DRUID_XMS: 1g}\n"},
			"jvm-xms-greater-than-xmx", "Give DRUID_XMS the size of DRUID_XMX."},
		{"environment", map[string]string{"router.env": "DRUID_XMX=128m\ndruid_plaintextPort=8888\n"},
			"jvm-xms-greater-than-xmx", "Give DRUID_XMS the size of DRUID_XMX."},
		{"property", map[string]string{"compose.yaml": service + "    environment: {druid_plaintextprot: 8888}\n"},
			"prop-unknown", "Did you mean druid_plaintextPort?"},
		{"other flag", map[string]string{"compose.yaml": service + "    environment: {JAVA_OPTS: -XX:+UseG1GC -XX:+UseParallelGC}\n"},
			"jvm-gc-multiple", "Keep one of them; -XX:+UseG1GC is a good choice. The variable JAVA_OPTS takes flags of java."},
		{"mounted file", map[string]string{
			"compose.yaml": service + "    volumes: ['./jvm.config:/opt/druid/conf/druid/cluster/query/router/jvm.config']\n",
			"jvm.config":   "-Xms2g\n-Xmx1g\n",
		}, "jvm-xms-greater-than-xmx", "Give -Xms the size of -Xmx."},
		{"operator", map[string]string{"druid.yaml": `apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata: {name: tiny}
spec:
  image: apache/druid:33.0.0
  startScript: /druid.sh
  commonConfigMountPath: /opt/druid/conf/druid/cluster/_common
  common.runtime.properties: druid.zk.service.host=zk
  nodes:
    routers:
      nodeType: router
      druid.port: 8888
      nodeConfigMountPath: /opt/druid/conf/druid/cluster/query/router
      replicas: 1
      runtime.properties: druid.service=druid/router
      jvm.options: |-
        -Xms2g
        -Xmx1g
`}, "jvm-timezone-not-utc", "Write -Duser.timezone=UTC into every jvm.options."},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range c.files {
				file := filepath.Join(dir, name)
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
				require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
			}
			trees, err := conf.Open(t.Context(), dir, conf.Options{})
			require.NoError(t, err)
			results, err := rules.LintAll(t.Context(), rules.Options{}, trees...)
			require.NoError(t, err)
			var helps []string
			for _, f := range results[0].Findings {
				helps = append(helps, f.Rule+": "+f.Help)
			}
			require.Contains(t, strings.Join(helps, "\n"), c.rule+": "+c.help)
		})
	}
}
