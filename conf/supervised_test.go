package conf

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestStartedByName has supervise files beside two trees: most of them start the other one, for
// several machines, and what the tree is called says which file is its own.
func TestStartedByName(t *testing.T) {
	const localhost = "druid.zk.service.host=localhost\n"
	files := map[string]string{
		"supervise/conf/data.conf":       "historical bin/run-druid historical conf\nmiddleManager bin/run-druid middleManager conf\n",
		"supervise/conf/master.conf":     "coordinator bin/run-druid coordinator conf\noverlord bin/run-druid overlord conf\n",
		"supervise/conf/quickstart.conf": "coordinator bin/run-druid coordinator conf-quickstart\nhistorical bin/run-druid historical conf-quickstart\n",
	}
	for _, tree := range []string{"conf", "conf-quickstart"} {
		files["druid/"+tree+"/_common/common.runtime.properties"] = localhost
		files["druid/"+tree+"/coordinator/runtime.properties"] = "druid.service=druid/coordinator\n"
		files["druid/"+tree+"/historical/runtime.properties"] = "druid.service=druid/historical\n"
	}
	trees, err := Open(t.Context(), write(t, files), Options{})
	require.NoError(t, err)
	require.Len(t, trees, 2)
	require.Equal(t, Deployment{SingleMachine, "every address is localhost"}, trees[1].Deployment())
}
