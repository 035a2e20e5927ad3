package rules

import (
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/finding"
	"github.com/implycheck/implycheck/internal/lazy"
	"github.com/implycheck/implycheck/internal/text"
)

// cloudNeeds are the settings that a cloud's deep storage needs.
var cloudNeeds = lazy.Value[map[string][]string]{New: func() map[string][]string {
	return map[string][]string{
		"azure":  {"druid.azure.account", "druid.azure.container"},
		"google": {"druid.google.bucket"},
	}
}}

var dsCloudKeys = &Rule{
	ID: "ds-azure-google-keys", Severity: finding.Error, Area: DeepStorage,
	Title:    "Deep storage in Azure or Google without what it needs.",
	Why:      "Account, container, key and bucket have no defaults, and of several ways to log in to Azure Druid takes one: the key up to 0.22, the key or a shared access token from 0.23 on, and from 29 on Azure's chain of credentials instead, which managedIdentityClientId does not switch on.",
	Effect:   "Tasks and Historicals stop: druid.azure.account - may not be null (up to 0.17), or the first push fails.",
	Fix:      "Set the missing property, or delete all ways to log in but one.",
	Source:   "AzureAccountConfig.java and GoogleAccountConfig.java, 0.14.2 (@NotNull), 0.18 and 38; AzureStorageDruidModule.java: getCloudBlobClient, 0.23 to 28, getAzureClientFactory, 29 to 38",
	DefersTo: []string{"ext-storage-not-loaded"},
	Check: func(p *Pass) {
		for _, s := range p.stores("azure", "google") {
			kind := s.Get(storageTypeKey)
			for _, key := range cloudNeeds.Get()[kind.Text] {
				if missing(s.Get(key)) && !hasTaskProperty(s, key) && !s.Silent(key) {
					doubtfulStore(s, p.Report(p.Where(s, kind).Of(nil), "deep storage is %s, and %s is not set", kind.Text, key))
				}
			}
			if kind.Is("azure") {
				p.azureLogin(s, kind)
			}
		}
	},
}

// azureLogin reports a process that has no way to log in to Azure, or several.
func (p *Pass) azureLogin(s *conf.Service, kind conf.Value) {
	var ways []string
	var given []conf.Value
	for _, key := range conf.AzureLogins(p.Release()) {
		v := s.Get(key)
		if hasTaskProperty(s, key) || s.Silent(key) || !v.Absent() && !(v.Set && v.Known()) {
			return // not known
		}
		ways = append(ways, key)
		if !missing(v) && !strings.EqualFold(v.Text, "false") {
			given = append(given, v)
		}
	}
	var f *finding.Finding
	refusal := "Either set 'key' or 'sharedAccessStorageToken' in the azure config but not both."
	switch {
	case len(given) == 1:
		return
	case len(given) == 0 && len(ways) == 1:
		doubtfulStore(s, p.Report(p.Where(s, kind).Of(nil), "deep storage is azure, and %s is not set", ways[0]))
		return
	case len(given) == 0:
		f = p.Report(p.Where(s, kind).Of(nil), "deep storage is azure, and %s are not set", text.List(ways))
		if p.Release() >= 29 {
			refusal = "Either set 'key' or 'sharedAccessStorageToken' or 'useAzureCredentialsChain' in the azure config."
		}
	default:
		f = p.Report(Val(given[1]).Of(nil), "%s and %s are both set", given[0].Key, given[1].Key)
		relate(f, Val(given[0]), "the other")
		f.Help = "Delete one of them."
		if p.Release() >= 29 {
			refusal = "Set only one of 'key' or 'sharedAccessStorageToken' or 'useAzureCredentialsChain' in the azure config."
		}
	}
	f.Effect = "Tasks and Historicals stop at start, or when they first use the store: " + refusal
	doubtfulStore(s, f)
}
