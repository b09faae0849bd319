package serve

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"

	"go.uber.org/zap"

	"tonegate/internal/audit"
)

// Files of the audit record in the data folder.
const (
	auditFile   = "audit.jsonl"
	auditPublic = "audit.pub" // the key that `tonegate audit verify --key` wants
)

// openAudit opens the record of who did what. Its checkpoints leave by the log,
// which whoever can write the record should not be able to change.
func (s *server) openAudit() error {
	key, err := s.signingKey("audit_signing_seed")
	if err != nil {
		return err
	}
	der, err := x509.MarshalPKIXPublicKey(key.Public().(ed25519.PublicKey))
	if err != nil {
		return err
	}
	public := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	if err := os.WriteFile(filepath.Join(s.cfg.Data, auditPublic), public, 0o644); err != nil {
		return fmt.Errorf("--data %s: %w", s.cfg.Data, err)
	}
	s.audit, err = audit.Open(audit.Config{
		Path: filepath.Join(s.cfg.Data, auditFile), Key: key,
		OnCheckpoint: func(c audit.Checkpoint) {
			s.log.Info("audit checkpoint", zap.String("checkpoint", c.Line()))
			if calls := s.told.Load(); calls != nil { // the first comes before there are calls
				calls.Checkpoint(c.Line())
			}
		},
	})
	return err
}
