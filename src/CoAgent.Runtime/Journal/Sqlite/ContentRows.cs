using System.Buffers.Binary;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Tools;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace CoAgent.Runtime.Journal.Sqlite;

/// <summary>The captured contents: each once, as long as a call uses it.</summary>
internal sealed class ContentRows(SqliteConnection connection) : IDisposable
{
    private readonly Statement _exists = new(connection, "SELECT 1 FROM names WHERE id = ?");
    private readonly Statement _addBody = new(connection, "INSERT INTO contents (body) VALUES (?)");
    private readonly Statement _addName = new(connection, "INSERT INTO names VALUES (?, ?, 0)");
    private readonly Statement _use = new(connection, "INSERT OR IGNORE INTO uses VALUES (?, ?)");
    private readonly Statement _count = new(connection, "UPDATE names SET uses = uses + ? WHERE id = ? RETURNING uses, number");
    private readonly Statement _usesOf = new(connection, "SELECT id FROM uses WHERE call = ?");
    private readonly Statement _unuse = new(connection, "DELETE FROM uses WHERE call = ? AND id = ?");
    private readonly Statement _dropName = new(connection, "DELETE FROM names WHERE id = ?");
    private readonly Statement _dropBody = new(connection, "DELETE FROM contents WHERE number = ?");

    /// <summary>From now on the call uses these contents and no others.</summary>
    /// <exception cref="JournalException">The bytes of one are left out, and the journal does not have them.</exception>
    public void Replace(long call, IReadOnlyCollection<Content> contents)
    {
        var former = UsesOf(call);
        foreach (var content in contents)
        {
            Use(call, content);
            former.Remove(content.Id);
        }

        Drop(call, former);
    }

    /// <summary>The call uses none any more; what no other call uses goes.</summary>
    public void Release(CallId call) => Drop(call.Number, UsesOf(call.Number));

    public void Dispose()
    {
        foreach (var statement in new[] { _exists, _addBody, _addName, _use, _count, _usesOf, _unuse, _dropName, _dropBody })
        {
            statement.Dispose();
        }
    }

    /// <summary>A name as it stands in the tables.</summary>
    public static byte[] KeyOf(ContentId id)
    {
        var key = new byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(key, id.Value);
        return key;
    }

    private HashSet<ContentId> UsesOf(long call)
    {
        var uses = new HashSet<ContentId>();
        _usesOf.Bind(1, call);
        while (_usesOf.Step())
        {
            uses.Add(new ContentId(BinaryPrimitives.ReadUInt128BigEndian(_usesOf.Bytes(0))));
        }

        _usesOf.Reset();
        return uses;
    }

    private void Use(long call, Content content)
    {
        var key = KeyOf(content.Id);
        var isThere = _exists.Bind(1, key).Step();
        _exists.Reset();
        if (!isThere)
        {
            Add(key, content);
        }

        _use.Bind(1, call).Bind(2, key).Run();
        if (raw.sqlite3_changes(connection.Handle!) == 1)
        {
            _count.Bind(1, 1).Bind(2, key).Run();
        }
    }

    private void Add(byte[] key, Content content)
    {
        if (content.IsKnown)
        {
            throw JournalFault.ContentMissing(content.Id);
        }

        _addBody.Bind(1, content.Bytes.Span).Run();
        _addName.Bind(1, key).Bind(2, raw.sqlite3_last_insert_rowid(connection.Handle!)).Run();
    }

    private void Drop(long call, IEnumerable<ContentId> contents)
    {
        foreach (var id in contents)
        {
            var key = KeyOf(id);
            _unuse.Bind(1, call).Bind(2, key).Run();
            _count.Bind(1, -1).Bind(2, key);
            var isLast = _count.Step() && _count.Number(0) == 0;
            var number = isLast ? _count.Number(1) : 0;
            _count.Reset();
            if (isLast)
            {
                _dropName.Bind(1, key).Run();
                _dropBody.Bind(1, number).Run();
            }
        }
    }
}
