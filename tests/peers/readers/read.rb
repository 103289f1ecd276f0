# What Ruby's `mail` shows of mails. Setup: ruby-mail.
# Test: tests/it/readers.rs; the README here says what goes in and comes out.
require 'digest'
require 'json'
require 'mail'

def clean(text)
  text&.to_s&.dup&.force_encoding('UTF-8')&.scrub('?')
end

# A field that cannot be read is one that is not shown.
def attempt
  yield
rescue StandardError
  nil
end

def leaf(part, data, within, needles)
  data = data.dup.force_encoding('BINARY')
  plain = data.delete("\r").gsub(/\A\n+|\n+\z/n, '')
  {
    type: clean(attempt { part.mime_type } || 'text/plain').downcase,
    name: clean(attempt { part.filename }),
    disposition: clean(attempt { part.content_disposition && part[:content_disposition].disposition_type }),
    cid: clean(attempt { part.content_id }),
    size: data.bytesize,
    plain_size: plain.bytesize,
    sha256: Digest::SHA256.hexdigest(data),
    plain: Digest::SHA256.hexdigest(plain),
    attachment: attempt { part.attachment? } ? true : false,
    within: within,
    found: needles.select { |needle| data.include?(needle) }.map { |needle| needle.unpack1('H*') }
  }
end

def walk(part, within, needles, leaves)
  if part.multipart? && !part.parts.empty?
    part.parts.each { |child| walk(child, within, needles, leaves) }
    return
  end
  # Of an encoding that it does not know it gives the source only.
  data = attempt { part.body.decoded } || part.body.raw_source
  leaves << leaf(part, data, within, needles)
  return unless %w[message/rfc822 message/global].include?(attempt { part.mime_type })

  own = leaves.length - 1
  walk(Mail.new(data), own, needles, leaves)
end

def read(path, needles)
  leaves = []
  walk(Mail.new(File.binread(path)), nil, needles, leaves)
  { leaves: leaves }
rescue StandardError, SystemStackError => e
  { leaves: leaves, died: clean(e.message) }
end

$stdout.sync = true
$stderr.reopen(File::NULL)
puts JSON.generate({ reader: 'ruby', version: Mail::VERSION.version })
$stdin.each_line do |line|
  path, *hexes = line.split
  puts JSON.generate(read(path, hexes.map { |text| [text].pack('H*') }))
end
