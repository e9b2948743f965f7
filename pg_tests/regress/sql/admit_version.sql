-- The installed extension is the version of this checkout's control file.
SELECT extversion, extnamespace::regnamespace FROM pg_extension WHERE extname = 'admit';
