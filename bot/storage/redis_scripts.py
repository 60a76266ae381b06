"""Define the Lua scripts that Redis runs atomically.

The scripts build the keys of people from names, which Redis Cluster does not allow.  A name is
`platform:user:field`, its parts percent-quoted, so that `:` only separates; `field` is a field of
the person's hash.  In the hash of holders `!` before a name says that its holder has begun to send.
"""

_FORGET_PERSON = """
local function forget(person, sessions, updates, unsent, forgotten, holders, prefix)
  local gone = 0
  for _, field in ipairs(redis.call('HKEYS', person)) do
    local name = prefix .. field
    gone = gone + redis.call('ZREM', sessions, name)
    local at = redis.call('ZSCORE', updates, name)
    if at then
      redis.call('ZADD', forgotten, at, redis.sha1hex(name))
    end
    redis.call('ZREM', updates, name)
    redis.call('ZREM', unsent, name)
    redis.call('HDEL', holders, name, '!' .. name)
  end
  redis.call('DEL', person)
  return gone
end
"""
"""Leaves a hash of each update's name (a tombstone) and returns the number of sessions deleted."""

COMMIT = (
    _FORGET_PERSON
    + """
-- KEYS: person, sessions, updates, unsent, forgotten, holders, counter
-- ARGV: session field, update field, session as it was read, session (empty: forget the person),
--       reply, now, session name, update name, life of the keys in milliseconds, holder,
--       prefix of the person's names, tombstone of the update
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[3]
    or redis.call('HEXISTS', KEYS[1], ARGV[2]) == 1
    or redis.call('ZSCORE', KEYS[5], ARGV[12]) then
  return 0
end
if ARGV[4] == '' then
  forget(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[11])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
  redis.call('ZADD', KEYS[2], ARGV[6], ARGV[7])
end
redis.call('HSET', KEYS[1], ARGV[2], ARGV[5])
redis.call('ZADD', KEYS[3], ARGV[6], ARGV[8])
redis.call('ZADD', KEYS[4], redis.call('INCR', KEYS[7]), ARGV[8])
if ARGV[10] ~= '' then
  redis.call('HSET', KEYS[6], ARGV[8], ARGV[10])
end
for _, key in ipairs(KEYS) do
  redis.call('PEXPIRE', key, ARGV[9])
end
return 1
"""
)
"""Returns 1 if it stored the turn; 0 if the session has changed or the update has been answered."""

FORGET = (
    _FORGET_PERSON
    + """
-- KEYS: person, sessions, updates, unsent, forgotten, holders
-- ARGV: prefix of the person's names, life of the key in milliseconds
local gone = forget(KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], ARGV[1])
redis.call('PEXPIRE', KEYS[5], ARGV[2])
return gone
"""
)
"""Returns the number of sessions deleted."""

EXPIRE = """
-- KEYS: sessions or updates
-- ARGV: oldest to keep, maximum number, prefix of keys of people, of unsent, of holders
local names = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for _, name in ipairs(names) do
  local platform, user, field = string.match(name, '^([^:]*):([^:]*):(.*)$')
  redis.call('HDEL', ARGV[3] .. platform .. ':' .. user, field)
  redis.call('ZREM', KEYS[1], name)
  redis.call('ZREM', ARGV[4] .. platform, name)
  redis.call('HDEL', ARGV[5] .. platform, name, '!' .. name)
end
return #names
"""
"""Returns the number of records deleted."""

CLAIM = """
-- KEYS: unsent, holders
-- ARGV: holder, 1 if it is alone, most, prefix of the keys of processes, most to look at
local found, living, start = {}, {}, 0
while #found < tonumber(ARGV[3]) and start < tonumber(ARGV[5]) do
  local names = redis.call('ZRANGE', KEYS[1], start, start + 99)
  if #names == 0 then
    break
  end
  local holders = redis.call('HMGET', KEYS[2], unpack(names))
  for i, name in ipairs(names) do
    local holder = holders[i] or ''
    if holder ~= ARGV[1] and #found < tonumber(ARGV[3]) then
      if living[holder] == nil then
        living[holder] = ARGV[2] ~= '1' and holder ~= ''
            and redis.call('EXISTS', ARGV[4] .. holder) == 1
      end
      if not living[holder] then
        redis.call('HSET', KEYS[2], name, ARGV[1])
        found[#found + 1] = name
      end
    end
  end
  start = start + #names
end
return found
"""
"""Returns the names of the replies that it has claimed, oldest first."""

_HELD = """
-- KEYS: holders
-- ARGV: holder, names
for i = 2, #ARGV do
  if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[1] then
    {}
  end
end
return 1
"""
RELEASE = _HELD.format("redis.call('HDEL', KEYS[1], ARGV[i])")
BEGIN_SENDING = _HELD.format("redis.call('HSET', KEYS[1], '!' .. ARGV[i], '')")
TAKE_BACK = _HELD.format("redis.call('HDEL', KEYS[1], '!' .. ARGV[i])")
