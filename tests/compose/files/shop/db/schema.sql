create table if not exists things (id serial primary key, name text);
