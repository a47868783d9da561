#!/bin/sh
exec psql -c "create extension if not exists pg_trgm"
