package call

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"

	"tonegate/internal/audit"
	"tonegate/internal/auth"
	"tonegate/internal/delivery"
	"tonegate/internal/store"
)

// Files is where recordings' files are once they are complete.
type Files interface {
	Mark(*store.Recording)
	Add(store.Recording)
	Room() error
	Open(context.Context, store.Recording) (io.ReadSeekCloser, error)
	Delete(context.Context, store.Recording) error
	Receive(store.Recording, delivery.Part) (store.Recording, int64, error)
	Received(store.Recording) int64
}

// Errors of recordings' files.
var (
	ErrInProgress = errors.New("recording_in_progress")
	ErrRecordings = errors.New("recording_store_unavailable")
	ErrUploads    = errors.New("too_many_uploads")
)

// maxUploads bounds what the browsers of one call may upload.
const maxUploads = 16

var recordingID = regexp.MustCompile(`^rec_[0-9a-z]{24}$`)

// OpenRecording returns a recording's sealed file. That somebody asked for it is on
// record first.
func (s *Service) OpenRecording(ctx context.Context, by Actor, id string) (store.Recording, io.ReadSeekCloser, error) {
	r, err := s.complete(id)
	if err != nil {
		return r, nil, err
	}
	if err := s.recordFile(by, &r, audit.RecordingRead, ""); err != nil {
		return r, nil, err
	}
	f, err := s.cfg.Recordings.Files.Open(ctx, r)
	return r, f, fileError(err)
}

// DeleteRecording removes a recording, here and where it was delivered to.
func (s *Service) DeleteRecording(ctx context.Context, by Actor, id string) error {
	r, err := s.complete(id)
	if errors.Is(err, ErrInProgress) && r.State == delivery.Uploading {
		err = nil
	}
	if err != nil {
		return err
	}
	if err := s.recordFile(by, &r, audit.RecordingDeleted, ""); err != nil {
		return err
	}
	return fileError(s.cfg.Recordings.Files.Delete(ctx, r))
}

// complete returns a recording whose file is.
func (s *Service) complete(id string) (store.Recording, error) {
	r, err := s.Recording(id)
	switch {
	case err != nil:
		return r, err
	case s.cfg.Recordings.Files == nil:
		return r, fmt.Errorf("%w: this server does not record", ErrRecording)
	case r.EndedAt.IsZero():
		return r, fmt.Errorf("%w: its file is not complete yet", ErrInProgress)
	}
	return r, nil
}

// fileError sorts what the spool returns.
func fileError(err error) error {
	var known *delivery.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, delivery.ErrElsewhere):
		return err
	case errors.Is(err, delivery.ErrGone):
		return fmt.Errorf("recording's file: %w", ErrNotFound)
	case errors.Is(err, delivery.ErrBusy):
		return fmt.Errorf("%w: %w", ErrInProgress, err)
	case errors.As(err, &known):
		return fmt.Errorf("%w: %s: see that the store for recordings can be reached", ErrRecordings, known.Cause)
	default:
		return fmt.Errorf("%w: see the disk, or the store for recordings", ErrRecordings)
	}
}

// RecordingReader returns who reads a recording with a leg token: one that grants
// recordings, of the recording's conference. The call may have ended long ago.
func (s *Service) RecordingReader(token, id string) (Actor, error) {
	by, conference, err := s.bearer(token, auth.GrantRecordings)
	if err != nil {
		return by, err
	}
	// Which recordings there are is not told to those of other conferences.
	if r, err := s.Recording(id); err != nil || r.ConferenceID != conference {
		return Actor{}, fmt.Errorf("%w: no recording of the token's conference", ErrForbidden)
	}
	return by, nil
}

// bearer returns whom a token with a grant speaks for, and the conference.
func (s *Service) bearer(token, grant string) (by Actor, conference string, err error) {
	claims, err := s.cfg.Tokens.Verify(token)
	if err != nil {
		return Actor{}, "", fmt.Errorf("%w: %w", ErrToken, err)
	}
	role, ok := roleNamed(claims.Role)
	if !ok || !slices.Contains(claims.Grants, grant) {
		return Actor{}, "", fmt.Errorf("%w: the token does not grant %s", ErrForbidden, grant)
	}
	return Actor{LegID: claims.Leg, Role: role}, claims.Conference, nil
}

// Sealer is a leg whose browser records and seals by itself.
type Sealer struct {
	Actor
	ConferenceID string
}

// Sealer returns who uploads with a leg token that grants record, or with the resume
// secret of a leg that has the grant, up to an hour after its call has ended. The
// token may be newer than the call: the platform mints one for what comes late.
func (s *Service) Sealer(credentials, legID string) (Sealer, error) {
	if legID == "" {
		by, conference, err := s.bearer(credentials, auth.GrantRecord)
		return Sealer{by, conference}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.legs[legID]
	if l == nil || !l.joined || !auth.Equal(credentials, l.resume) && !auth.Equal(credentials, l.earlier) {
		return Sealer{}, fmt.Errorf("%w: the resume secret is not valid", ErrToken)
	}
	if !slices.Contains(l.granted, auth.GrantRecord) {
		return Sealer{}, fmt.Errorf("%w: the leg's token did not grant record", ErrForbidden)
	}
	return Sealer{Actor{LegID: l.ID, Role: l.Role}, l.ConferenceID}, nil
}

// ReceiveRecording takes a piece of a file that a leg's browser sealed, under an id
// that the browser chose, and returns how much of it is here. The file is the leg's
// and of its conference, whatever is in it: nobody here can look.
func (s *Service) ReceiveRecording(by Sealer, id string, p delivery.Part) (store.Recording, int64, error) {
	r, err := s.upload(by, id)
	if err != nil {
		return r, 0, err
	}
	p.Record = func(r store.Recording) error { return s.recordFile(by.Actor, &r, audit.RecordingReceived, "") }
	r, have, err := s.cfg.Recordings.Files.Receive(r, p)
	var at *delivery.OffsetError
	switch {
	case err == nil:
		return r, have, nil
	case errors.As(err, &at), errors.Is(err, delivery.ErrDigest), errors.Is(err, delivery.ErrSealed), errors.Is(err, delivery.ErrTooLarge),
		errors.Is(err, delivery.ErrTimeout), errors.Is(err, delivery.ErrComplete), errors.Is(err, ErrAudit):
		return r, have, err
	case errors.Is(err, delivery.ErrBusy):
		return r, have, fmt.Errorf("%w: %w", ErrInProgress, err)
	case errors.Is(err, delivery.ErrSpoolFull), errors.Is(err, delivery.ErrDiskFull):
		return r, have, fmt.Errorf("%w: %w", ErrRecording, err)
	default:
		return r, have, fmt.Errorf("%w: what arrived is kept: ask with HEAD where to go on", ErrRecordings)
	}
}

// ReceivedRecording returns an upload of a leg, and how much of it is here.
func (s *Service) ReceivedRecording(by Sealer, id string) (store.Recording, int64, error) {
	r, err := s.Recording(id)
	if err != nil || r.LegID != by.LegID || r.ConferenceID != by.ConferenceID || s.cfg.Recordings.Files == nil {
		return r, 0, fmt.Errorf("upload %w", ErrNotFound)
	}
	return r, s.cfg.Recordings.Files.Received(r), nil
}

// upload returns the record of a leg's upload, which may be new.
func (s *Service) upload(by Sealer, id string) (store.Recording, error) {
	fresh := store.Recording{ID: id, ConferenceID: by.ConferenceID, LegID: by.LegID, StartedAt: s.cfg.Now().UTC()}
	if s.cfg.Recordings.Files == nil || s.cfg.Recordings.Store == nil {
		return fresh, fmt.Errorf("%w: this server does not record", ErrRecording)
	}
	if !recordingID.MatchString(id) {
		return fresh, fmt.Errorf("%w: a recording's id is rec_ and 24 of 0-9a-z", ErrInvalid)
	}
	r, found, err := s.cfg.Recordings.Store.Recording(id)
	switch {
	case err != nil:
		return r, err
	case found && (r.LegID != by.LegID || r.ConferenceID != by.ConferenceID):
		return r, fmt.Errorf("%w: the id is another recording's", ErrForbidden)
	case found:
		return r, nil
	}
	others, _, err := s.cfg.Recordings.Store.Recordings("", by.ConferenceID, 100)
	if err != nil {
		return fresh, err
	}
	uploads := 0
	for _, o := range others {
		if o.LegID != "" {
			uploads++
		}
	}
	if uploads >= maxUploads {
		return fresh, fmt.Errorf("%w: %d of a conference are the limit", ErrUploads, maxUploads)
	}
	return fresh, nil
}
