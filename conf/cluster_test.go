package conf_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/schema"
)

func TestAzureEndpoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, lines, want string }{
		{"druid-38", "", "https://flock.blob.core.windows.net"},
		{"druid-38", "druid.azure.protocol=http\n", "https://flock.blob.core.windows.net"},
		{"druid-28", "druid.azure.protocol=http\ndruid.azure.endpointSuffix=core.chinacloudapi.cn\n", "http://flock.blob.core.windows.net"},
		{"druid-29", "druid.azure.endpointSuffix=core.chinacloudapi.cn\n", "https://flock.blob.core.chinacloudapi.cn"},
		{"druid-29", "druid.azure.storageAccountEndpointSuffix=z7.blob.storage.azure.net\n", "https://flock.blob.core.windows.net"},
		{"druid-30", "druid.azure.storageAccountEndpointSuffix=z7.blob.storage.azure.net\n", "https://flock.z7.blob.storage.azure.net"},
		{"druid-30", "druid.azure.storageAccountEndpointSuffix=x\ndruid.azure.endpointSuffix=core.usgovcloudapi.net\n", "https://flock.blob.core.usgovcloudapi.net"},
		{"druid-35", "druid.azure.protocol=azurite\n", "https://flock.blob.core.windows.net"},
		{"druid-36", "druid.azure.protocol=azurite\ndruid.azure.storageAccountEndpointSuffix=127.0.0.1:10000\n", "http://127.0.0.1:10000/flock"},
	} {
		target, err := schema.ParseTarget(c.target)
		require.NoError(t, err)
		files := fstest.MapFS{
			"conf/druid/_common/common.runtime.properties": {Data: []byte("druid.storage.type=azure\n" + c.lines)},
			"conf/druid/broker/runtime.properties":         {Data: []byte("druid.service=druid/broker\n")},
		}
		trees, err := conf.Open(t.Context(), "conf", conf.Options{Target: &target, Files: files})
		require.NoError(t, err)
		require.Len(t, trees, 1)
		require.Equal(t, c.want, trees[0].AzureEndpoint("flock"), "%+v", c)
	}
}
