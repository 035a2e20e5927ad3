package rules

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/finding"
)

// TestHostGlued tells of the line that the script of an old image writes druid.host behind,
// and does not judge the number in it, which is none any more.
func TestHostGlued(t *testing.T) {
	found := lintOf(t, map[string]string{"druid.yaml": `apiVersion: druid.apache.org/v1alpha1
kind: Druid
metadata: {name: small}
spec:
  image: apache/druid:0.18.1
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
`})
	f := found["ctr-value-eaten"]
	require.NotNil(t, f)
	require.Equal(t, finding.Warning, f.Severity)
	require.Equal(t, []int{17, 9}, []int{f.Line, f.Column})
	require.Contains(t, f.Message, "becomes a part of druid.server.http.numThreads")
	for rule, f := range found {
		require.True(t, rule == "ctr-value-eaten" || f.Line != 17, rule)
	}
}
