package delivery

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/minio/minio-go/v7"
)

const (
	// partBytes is the size of the parts of an upload: ten minutes of a call, and
	// what a broken connection costs. S3 wants 5 MiB at least.
	partBytes = 8 << 20
	ageType   = "application/age"
)

// bucket is an S3-compatible store. Files up to a part's size go in one request,
// longer ones in parts, and what parts are there is asked before going on.
type bucket struct {
	core         *minio.Core
	name, prefix string
	endpoint     string
	partSize     int64 // smaller in tests
	// reread reads everything again to see what is there. Some stores repeat the
	// SHA-256 that they were sent, whatever they hold.
	reread bool
}

// Name implements Store.
func (b *bucket) Name() string { return "s3 " + b.endpoint + "/" + b.name + "/" + b.prefix }

func (b *bucket) key(item *Item) string { return b.prefix + item.name() }

// Put implements Store.
func (b *bucket) Put(ctx context.Context, item *Item, src Source) (c Confirmation, err error) {
	defer func() { err = s3Error(ctx, err) }()
	digests, err := b.digests(item, src)
	if err != nil {
		return c, err
	}
	c, err = b.confirm(ctx, item, src, digests)
	if err == nil || !missing(err) {
		return c, err
	}
	if len(digests) == 1 {
		err = b.whole(ctx, item, src, digests[0])
	} else {
		err = b.parts(ctx, item, src, digests)
	}
	if err != nil {
		return c, err
	}
	return b.confirm(ctx, item, src, digests)
}

// digests are the SHA-256 of the file's parts. They are sent along, so that the
// store refuses a part that was changed on its way.
func (b *bucket) digests(item *Item, src Source) (all [][]byte, err error) {
	if item.Size <= b.partSize { // the spool has just made sure of it
		digest, err := hex.DecodeString(item.SHA256)
		if err != nil {
			return nil, failed(Damaged, "the recording's own hash: %w", err)
		}
		return [][]byte{digest}, nil
	}
	for at := int64(0); at < item.Size; at += b.partSize {
		h := sha256.New()
		if _, err := io.Copy(h, io.NewSectionReader(src, at, min(b.partSize, item.Size-at))); err != nil {
			return nil, err
		}
		all = append(all, h.Sum(nil))
	}
	return all, nil
}

func (b *bucket) options(item *Item) minio.PutObjectOptions {
	return minio.PutObjectOptions{
		ContentType: ageType, DisableContentSha256: true, // sent as a whole instead
		UserMetadata: map[string]string{"Tonegate-Conference": item.Conference, "Tonegate-Sha256": item.SHA256},
	}
}

func (b *bucket) whole(ctx context.Context, item *Item, src Source, digest []byte) error {
	o := b.options(item)
	if !b.reread {
		o.UserMetadata["x-amz-checksum-sha256"] = base64.StdEncoding.EncodeToString(digest)
	}
	_, err := b.core.PutObject(ctx, b.name, b.key(item), io.NewSectionReader(src, 0, item.Size), item.Size, "", item.SHA256, o)
	return err
}

// parts sends the parts that are not there yet, and puts them together.
func (b *bucket) parts(ctx context.Context, item *Item, src Source, digests [][]byte) error {
	there, err := b.upload(ctx, item, src)
	if err != nil {
		return err
	}
	var all []minio.CompletePart
	for i, digest := range digests {
		n, at := i+1, int64(i)*b.partSize
		size := min(b.partSize, item.Size-at)
		p, ok := there[n]
		if !ok || p.Size != size {
			o := minio.PutObjectPartOptions{Sha256Hex: hex.EncodeToString(digest), DisableContentSha256: true, CustomHeader: http.Header{}}
			if !b.reread {
				o.CustomHeader.Set("x-amz-checksum-sha256", base64.StdEncoding.EncodeToString(digest))
			}
			p, err = b.core.PutObjectPart(ctx, b.name, b.key(item), item.Upload, n, io.NewSectionReader(src, at, size), size, o)
			if err != nil {
				return err
			}
			src.Moved()
		}
		done := minio.CompletePart{PartNumber: n, ETag: p.ETag, ChecksumSHA256: p.ChecksumSHA256}
		all = append(all, done)
	}
	_, err = b.core.CompleteMultipartUpload(ctx, b.name, b.key(item), item.Upload, all, minio.PutObjectOptions{})
	src.Moved()
	return err
}

// upload finds the parts of an earlier attempt, or begins.
func (b *bucket) upload(ctx context.Context, item *Item, src Source) (map[int]minio.ObjectPart, error) {
	there := map[int]minio.ObjectPart{}
	if item.Upload != "" {
		for marker := 0; ; {
			list, err := b.core.ListObjectParts(ctx, b.name, b.key(item), item.Upload, marker, 1000)
			if missing(err) {
				item.Upload = "" // the store has given it up
				clear(there)
				break
			}
			if err != nil {
				return nil, err
			}
			for _, p := range list.ObjectParts {
				there[p.PartNumber] = p
			}
			if !list.IsTruncated {
				return there, nil
			}
			marker = list.NextPartNumberMarker
		}
	}
	o := b.options(item)
	if !b.reread {
		o.UserMetadata["x-amz-checksum-algorithm"] = "SHA256"
	}
	upload, err := b.core.NewMultipartUpload(ctx, b.name, b.key(item), o)
	if err != nil {
		return nil, err
	}
	item.Upload = upload
	return there, src.Keep(upload)
}

// confirm asks what is there. A SHA-256 that the store tells is that of the file,
// or of its parts' SHA-256 and so as good; without one the file is read again.
func (b *bucket) confirm(ctx context.Context, item *Item, src Source, digests [][]byte) (Confirmation, error) {
	o := minio.StatObjectOptions{Checksum: !b.reread}
	info, err := b.core.StatObject(ctx, b.name, b.key(item), o)
	if err != nil {
		return Confirmation{}, err
	}
	src.Moved()
	if !b.reread && info.ChecksumSHA256 != "" {
		if info.ChecksumSHA256 == composite(digests) {
			return Confirmation{info.Size, item.SHA256}, nil
		}
		return Confirmation{info.Size, ""}, nil
	}
	in, _, _, err := b.core.GetObject(ctx, b.name, b.key(item), minio.GetObjectOptions{})
	if err != nil {
		return Confirmation{}, err
	}
	defer in.Close()
	return sum(&reader{ctx, in, src.Moved})
}

// composite is how S3 writes the SHA-256 of a file that came in so many parts.
func composite(digests [][]byte) string {
	if len(digests) == 1 {
		return base64.StdEncoding.EncodeToString(digests[0])
	}
	all := sha256.Sum256(bytes.Join(digests, nil))
	return fmt.Sprintf("%s-%d", base64.StdEncoding.EncodeToString(all[:]), len(digests))
}

// Open implements Store.
func (b *bucket) Open(ctx context.Context, item *Item, offset int64) (io.ReadCloser, error) {
	var o minio.GetObjectOptions
	if offset > 0 {
		if err := o.SetRange(offset, 0); err != nil {
			return nil, s3Error(ctx, err)
		}
	}
	in, _, _, err := b.core.GetObject(ctx, b.name, b.key(item), o)
	return in, s3Error(ctx, err)
}

// Delete implements Store.
func (b *bucket) Delete(ctx context.Context, item *Item) error {
	if item.Upload != "" {
		if err := b.core.AbortMultipartUpload(ctx, b.name, b.key(item), item.Upload); err != nil && !missing(err) {
			return s3Error(ctx, err)
		}
	}
	err := b.core.RemoveObject(ctx, b.name, b.key(item), minio.RemoveObjectOptions{})
	if missing(err) {
		return nil
	}
	return s3Error(ctx, err)
}

// missing reports that the object, or the upload, is not there. A bucket that is
// not there is another matter.
func missing(err error) bool {
	var e minio.ErrorResponse
	return errors.As(err, &e) && (e.Code == minio.NoSuchKey || e.Code == minio.NoSuchUpload)
}

// s3Error sorts what the library returns.
func s3Error(ctx context.Context, err error) error {
	var known *Error
	var e minio.ErrorResponse
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case errors.As(err, &e) && ctx.Err() == nil:
		cause := Refused
		switch {
		case e.Code == "XMinioStorageFull" || e.Code == "QuotaExceeded" || e.Code == "XMinioAdminBucketQuotaExceeded" || e.StatusCode == http.StatusInsufficientStorage:
			cause = Full
		case e.Code == "BadDigest" || e.Code == "XAmzContentSHA256Mismatch" || e.Code == "InvalidDigest":
			cause = Mismatch
		case e.StatusCode >= 500 || e.StatusCode == http.StatusTooManyRequests || e.Code == "SlowDown" || e.Code == "RequestTimeout":
			cause = Down
		}
		return failed(cause, "the store answers %d %s", e.StatusCode, e.Code)
	default:
		return broken(ctx, err)
	}
}
