package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/pflag"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/conf/live"
)

// accessFlags say how a running cluster is asked. Who asks is said by the environment
// or by a .netrc file: flags are seen by every user of a machine.
type accessFlags struct {
	ca       string
	insecure bool
}

func (a *accessFlags) add(f *pflag.FlagSet) {
	f.StringVar(&a.ca, "ca-file", "", "for https://: certificates in PEM to believe, in addition to those of the system")
	f.BoolVar(&a.insecure, "insecure", false, "for https://: believe every certificate; anyone in between can read the login")
}

// of is the access to the clusters among some paths.
func (a *accessFlags) of(paths ...string) (live.Access, error) {
	access := live.Access{CA: a.ca, Insecure: a.insecure}
	switch named := slices.ContainsFunc(paths, conf.IsCluster); {
	case !named && (a.ca != "" || a.insecure):
		return access, errors.New("--ca-file and --insecure are for the address of a running cluster, such as https://router:9088")
	case !named:
		return access, nil
	}
	access.Login = live.Login{User: os.Getenv("IMPLYCHECK_USER"), Password: os.Getenv("IMPLYCHECK_PASSWORD"), Token: os.Getenv("IMPLYCHECK_TOKEN")}
	if access.Password != "" && access.User == "" {
		return access, errors.New("IMPLYCHECK_PASSWORD is set and IMPLYCHECK_USER is not")
	}
	file := os.Getenv("NETRC")
	if home, err := os.UserHomeDir(); file == "" && err == nil {
		file = filepath.Join(home, ".netrc")
	}
	data, err := os.ReadFile(file)
	if err != nil && os.Getenv("NETRC") != "" {
		return access, fmt.Errorf("NETRC: %w", err)
	}
	access.Netrc = string(data)
	return access, nil
}
