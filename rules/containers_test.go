package rules

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// TestHostGlued tells of the line that the script of an old image writes druid.host behind,
// and does not judge the number in it, which is none any more.
func TestHostGlued(t *testing.T) {
	found := lintOf(t, hostGlued("0.18.1"))
	f := found["ctr-value-eaten"]
	require.NotNil(t, f)
	require.Equal(t, finding.Warning, f.Severity)
	require.Equal(t, []int{17, 9}, []int{f.Line, f.Column})
	require.Contains(t, f.Message, "becomes a part of druid.server.http.numThreads")
	require.Equal(t, "End the line: in YAML write | in the place of |-. Or set DRUID_SET_HOST=0.", f.Help)
	for rule, f := range found {
		require.True(t, rule == "ctr-value-eaten" || f.Line != 17, rule)
	}
	require.Equal(t, "End the line: in YAML write | in the place of |-.", lintOf(t, hostGlued("0.16.1"))["ctr-value-eaten"].Help)
}

func hostGlued(release string) map[string]string {
	return map[string]string{"druid.yaml": `apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata: {name: small}
spec:
  image: apache/druid:` + release + `
  startScript: /druid.sh
  commonConfigMountPath: /opt/druid/conf/druid/cluster/_common
  common.runtime.properties: |
    druid.zk.service.host=zk:2181
  nodes:
    broker:
      nodeType: broker
      druid.port: 8082
      nodeConfigMountPath: /opt/druid/conf/druid/cluster/query/broker
      runtime.properties: |-
        druid.service=druid/broker
        druid.server.http.numThreads=0
`}
}

// TestLoneVariables does not take the image's extensions for those that are loaded where
// a file of variables is by itself: a container may be given further files.
func TestLoneVariables(t *testing.T) {
	const auth = "druid_auth_authenticatorChain=[\"basic\"]\ndruid_auth_authenticator_basic_type=basic\n"
	require.NotContains(t, lintOf(t, map[string]string{"auth.env": auth}), "ext-storage-not-loaded")
	require.Contains(t, lintOf(t, map[string]string{"auth.env": auth + "druid_extensions_loadList=[\"druid-datasketches\"]\n"}), "ext-storage-not-loaded")
	compose := "services:\n  broker:\n    image: apache/druid:33.0.0\n    command: broker\n    env_file: auth.env\n"
	require.Contains(t, lintOf(t, map[string]string{"compose.yaml": compose, "auth.env": auth}), "ext-storage-not-loaded")
}

// TestSegmentsPath holds local deep storage against the path at which it is written: the
// same volume on another path does not do.
func TestSegmentsPath(t *testing.T) {
	compose := func(to, folder string) map[string]string {
		return map[string]string{"compose.yaml": "services:\n  a:\n    image: apache/druid:33.0.0\n    command: middleManager\n    volumes: ['s:/shared']\n" +
			"    environment: {druid_storage_type: local, druid_storage_storageDirectory: /shared/segments}\n" +
			"  b:\n    image: apache/druid:33.0.0\n    command: historical\n    volumes: ['s:" + to + "']\n" +
			"    environment: {druid_storage_type: local, druid_storage_storageDirectory: " + folder + "}\n"}
	}
	const rule = "ctr-storage-not-shared"
	require.NotContains(t, lintOf(t, compose("/shared", "/shared/segments")), rule)
	require.NotContains(t, lintOf(t, compose("/shared", "/shared/other")), rule)
	require.Contains(t, lintOf(t, compose("/other", "/other/segments")), rule)
}
