package rules

import (
	"strings"

	"github.com/implycheck/implycheck/finding"
)

// Advice on what nobody has written: what Druid never deletes unless it is told to,
// and passwords that count once.
func adviceRules() []*Rule { return []*Rule{cleanupOff, secFirstStart} }

var cleanupOff = &Rule{
	ID: "cleanup-off", Severity: finding.Info, Area: DeepStorage,
	Title:  "Unused segments and old task logs are never deleted.",
	Why:    "What was replaced, compacted or dropped is marked unused and stays in deep storage; druid.coordinator.kill.on and druid.indexer.logs.kill.enabled are off unless they are set.",
	Effect: "Deep storage grows without limit, and so do the tables of segments and tasks.",
	Fix:    "Set druid.coordinator.kill.on=true with durationToRetain and maxSegments, and druid.indexer.logs.kill.enabled=true with durationToRetain (up to 0.17 not for S3); or run kill tasks and give the store of logs a lifecycle rule.",
	Source: "docs/configuration/index.md (druid.coordinator.kill.on, druid.indexer.logs.kill.enabled: false), 0.15.1 to 38; apache/druid#17486",
	Check: func(p *Pass) {
		for _, s := range p.Services("coordinator") {
			on := s.Get(killPrefix + "on")
			if s.Runtime == nil || !on.Known() || strings.EqualFold(on.Text, "true") {
				continue
			}
			f := p.Report(p.Where(s, on).Of(s), "unused segments are never deleted: %s is false", on.Key)
			f.Property = on.Key
			p.logsKept(f)
			return
		}
	},
}

// logsKept adds that task logs are never deleted either.
func (p *Pass) logsKept(f *finding.Finding) {
	for _, s := range p.Services("overlord") {
		on := s.Get(logsKill + "enabled")
		if s.Runtime == nil || !on.Known() || strings.EqualFold(on.Text, "true") {
			continue
		}
		f.Message = "unused segments and old task logs are never deleted: " + killPrefix + "on and " + on.Key + " are false"
		relate(f, p.Where(s, on), "old task logs")
		return
	}
}

var secFirstStart = &Rule{
	ID: "sec-initial-password", Severity: finding.Info, Area: Security,
	Title:    "Passwords that count only when their users are created.",
	Why:      "The basic authenticator creates the users admin and druid_system at the very first start, and afterwards takes their passwords from the metadata store.",
	Effect:   "Changing the lines later changes no password; a new druid.escalator.internalClientPassword then no longer matches the account, and processes refuse each other with 401.",
	Fix:      "Change passwords through the API of the Coordinator, /druid-ext/basic-security/authentication, and then the escalator's line; the first lines may be deleted once the users exist.",
	Source:   "docs/development/extensions-core/druid-basic-security.md (initialAdminPassword, initialInternalClientPassword), 0.14.2 to 38; BasicAuthenticator metadata: CoordinatorBasicAuthenticatorMetadataStorageUpdater.java (initSuperUserAndInternalUser)",
	DefersTo: []string{"sec-escalator-credentials-mismatch", "sec-ldap-first-password"},
	Check: func(p *Pass) {
		var first *finding.Finding
		for _, s := range p.druidSettings() {
			if !strings.HasSuffix(s.Key, ".initialAdminPassword") && !strings.HasSuffix(s.Key, ".initialInternalClientPassword") || p.idle(s) {
				continue
			}
			if first == nil {
				first = p.Report(Key(s.Value), "%s counts only when the user is created, at the first start; later passwords are changed through the API", s.Key)
				continue
			}
			relate(first, Key(s.Value), "this one too")
		}
	},
}
