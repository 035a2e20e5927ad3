package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// azureChain are those of DefaultAzureCredential that servers have, in its order: the
// environment, a workload's identity (a file of Kubernetes), that of the machine. The
// others are a developer's: they would run programs.
var azureChain = []struct {
	name string
	make func(clientID string) (azcore.TokenCredential, error)
}{
	{"the environment (AZURE_CLIENT_ID)", func(string) (azcore.TokenCredential, error) {
		return azidentity.NewEnvironmentCredential(&azidentity.EnvironmentCredentialOptions{ClientOptions: azureOptions()})
	}},
	{"the workload's identity", func(clientID string) (azcore.TokenCredential, error) {
		return azidentity.NewWorkloadIdentityCredential(&azidentity.WorkloadIdentityCredentialOptions{ClientOptions: azureOptions(), ClientID: clientID})
	}},
	{"the machine's identity", func(clientID string) (azcore.TokenCredential, error) {
		o := &azidentity.ManagedIdentityCredentialOptions{ClientOptions: azureOptions()}
		if clientID != "" {
			o.ID = azidentity.ClientID(clientID)
		}
		return azidentity.NewManagedIdentityCredential(o)
	}},
}

// azureToken finds who has a token for the storage, and says who that is. The client's ID
// counts for workloads too, and is that of the environment where none is configured
// (DefaultAzureCredentialBuilder.java in azure-identity 1.11.1).
func azureToken(ctx context.Context, clientID string) (azcore.TokenCredential, string, error) {
	clientID = cmp.Or(clientID, os.Getenv("AZURE_CLIENT_ID"))
	for _, one := range azureChain {
		c, err := one.make(clientID)
		if err != nil {
			continue // it is not configured
		}
		_, err = c.GetToken(ctx, policy.TokenRequestOptions{Scopes: []string{"https://storage.azure.com/.default"}})
		var failed *azidentity.AuthenticationFailedError
		switch {
		case err == nil:
			return c, one.name, nil
		case errors.As(err, &failed) && failed.RawResponse != nil:
			return nil, "", rejected{fmt.Sprintf("no token for %s: %s", one.name, failed.RawResponse.Status)}
		}
	}
	return nil, "", errUnsupported{"neither the environment, a workload's identity nor the machine's has a token for Azure: run it on a server of Druid, as the user and with the environment that Druid has"}
}
