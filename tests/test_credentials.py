# SPDX-License-Identifier: GPL-2.0-or-later
"""Credentials in addresses of every large cloud are hidden; what identifies the data stays."""

from __future__ import annotations

import urllib.parse

import pytest

from superseg_plugin.credentials import hide_credentials

# "S3CRET" stands for every value that must not be seen.
S3CRET = "S3CRET"
ADDRESSES = {
    "AWS, version 4": "https://b.s3.amazonaws.com/a/x.tif?X-Amz-Algorithm=AWS4-HMAC-SHA256"
    "&X-Amz-Credential=S3CRET%2F20260101%2Fus-west-2%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z"
    "&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=S3CRET//S3CRET=="
    "&X-Amz-Signature=S3CRET",
    "AWS, version 2": "https://b.s3.amazonaws.com/x.tif?AWSAccessKeyId=S3CRET&Expires=1"
    "&x-amz-security-token=S3CRET&Signature=S3CRET%2BS3CRET%3D",
    "CloudFront": "https://d1.cloudfront.net/x.tif?Policy=S3CRET_&Signature=S3CRET~-S3CRET__"
    "&Key-Pair-Id=S3CRET",
    "Azure": "https://a.blob.core.windows.net/c/x.tif?sv=2024-05-04&st=2026-01-01&se=2026-01-02"
    "&sr=c&sp=rl&sig=S3CRET%2FS3CRET%3D",
    "Planetary Computer": "https://a.blob.core.windows.net/c/x.tif?st=2026&se=2027&sp=rl"
    "&sv=2025-07-05&sr=c&skoid=S3CRET&sktid=S3CRET&skt=2026&ske=2027&sks=b&skv=2025-07-05"
    "&sig=S3CRET/S3CRET%3D",
    "its key": "https://planetarycomputer.microsoft.com/api/x.tif?subscription-key=S3CRET",
    "Google": "https://storage.googleapis.com/b/x.tif?X-Goog-Algorithm=GOOG4-RSA-SHA256"
    "&X-Goog-Credential=S3CRET%40p.iam&X-Goog-Date=2026&X-Goog-Expires=9"
    "&X-Goog-SignedHeaders=host&X-Goog-Signature=S3CRET",
    "Google, version 2": "https://storage.googleapis.com/b/x.tif?GoogleAccessId=S3CRET"
    "&Expires=1&Signature=S3CRET",
    "Alibaba": "https://b.oss-cn-beijing.aliyuncs.com/x.tif?OSSAccessKeyId=S3CRET&Expires=1"
    "&Signature=S3CRET&security-token=S3CRET",
    "Alibaba, version 4": "https://b.oss.aliyuncs.com/x.tif?x-oss-signature-version=OSS4"
    "&x-oss-credential=S3CRET&x-oss-security-token=S3CRET&x-oss-signature=S3CRET",
    "Huawei": "https://b.obs.myhuaweicloud.com/x.tif?AccessKeyId=S3CRET&Expires=1&Signature=S3CRET",
    "Tencent": "https://b.cos.myqcloud.com/x.tif?q-sign-algorithm=sha1&q-ak=S3CRET"
    "&q-signature=S3CRET&x-cos-security-token=S3CRET",
    "Sentinel Hub": "https://services.sentinel-hub.com/ogc/wms/"
    "01234567-89ab-cdef-0123-456789abcdef?LAYERS=x.tif&token=S3CRET",
    "Mapbox": "https://api.mapbox.com/v4/x.tif?access_token=S3CRET",
    "a key": "https://api.maptiler.com/tiles/x.tif?key=S3CRET",
    "API keys": "https://h/x.tif?apikey=S3CRET&api_key=S3CRET&APIKEY=S3CRET&api-key=S3CRET",
    "a token as user": "https://S3CRET@host/x.tif",
    "user and password": "/vsicurl/https://S3CRET:S3CRET@host:8443/x.tif",
    "password of a database": "PG:host=h dbname=d user=u password=S3CRET table=x.tif",
    "quoted password": "PG:\"host=h user='u' password='S3CRET S3CRET' mode=2 table=x.tif\"",
    "address of a database": "postgresql://u:S3CRET@h/d?table=x.tif",
    "header": "/vsicurl?header.Authorization=Bearer S3CRET&url=https://h/x.tif",
    "header, encoded": "/vsicurl?header.Authorization=Bearer%20S3CRET&url=https%3A%2F%2Fh%2Fx.tif",
    "other header": "/vsicurl?header.X-Api-Key=S3CRET&url=https://h/x.tif",
    "header of HTTP": "GET x.tif Authorization: Basic S3CRET",
    "options of GDAL": "x.tif --config AWS_SECRET_ACCESS_KEY=S3CRET AWS_SESSION_TOKEN=S3CRET"
    " AZURE_STORAGE_SAS_TOKEN=S3CRET GDAL_HTTP_USERPWD=S3CRET:S3CRET GDAL_HTTP_BEARER=S3CRET"
    " AZURE_STORAGE_ACCESS_KEY=S3CRET GS_SECRET_ACCESS_KEY=S3CRET",
    "connection of Azure": "AccountName=a;AccountKey=S3CRET==;SharedAccessSignature=S3CRET x.tif",
}
ENCODED = ("AWS, version 4", "Planetary Computer", "Mapbox", "a key", "a token as user")


@pytest.mark.parametrize("kind", ADDRESSES)
def test_no_credential_is_seen(kind):
    shown = hide_credentials(ADDRESSES[kind])
    assert S3CRET not in shown
    assert "01234567" not in shown
    assert "x.tif" in shown
    assert hide_credentials(shown) == shown


@pytest.mark.parametrize("kind", ENCODED)
def test_an_encoded_address_within_another_hides_them_too(kind):
    inner = urllib.parse.quote(ADDRESSES[kind], safe="")
    shown = hide_credentials(f"type=xyz&url={inner}&zmax=19")
    assert S3CRET not in shown
    assert shown.endswith("&zmax=19")


@pytest.mark.parametrize(
    "text",
    [
        "/data/key/secret places/token.tif",
        "C:\\Users\\ana\\x.tif",
        "dbname='d' key='gid' authcfg=a1b2c3d table=\"public\".\"classes\" (geom)",
        "https://host/x.tif?version=2&layer=key&user=ana",
        "qgis_process run superseg:segment -- INPUT=x.tif CLASSES=8 SEED=3",
        "0 tokens: none; ratio = 1:2@3",
    ],
)
def test_what_is_no_credential_stays(text):
    assert hide_credentials(text) == text
