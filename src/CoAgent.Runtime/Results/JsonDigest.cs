using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace CoAgent.Runtime.Results;

/// <summary>A digest of JSON values that does not see how they are spelt: the first 128 bits of a SHA-256 over their one form.</summary>
/// <remarks>
/// Each value is its kind, its length and its content, so that no two differ only in where one ends. Members are taken in
/// ordinal order; of a repeated one the last counts.
/// </remarks>
internal sealed class JsonDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Dispose() => _hash.Dispose();

    public void Add(byte tag) => _hash.AppendData([tag]);

    public void AddBytes(ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        _hash.AppendData(length);
        _hash.AppendData(bytes);
    }

    public void AddValue(JsonElement value)
    {
        Add((byte)value.ValueKind);
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                AddMembers(value, without: null);
                break;
            case JsonValueKind.Array:
                AddCount(value.GetArrayLength());
                foreach (var item in value.EnumerateArray())
                {
                    AddValue(item);
                }

                break;
            case JsonValueKind.String:
                AddString(value);
                break;
            case JsonValueKind.Number:
                AddText(JsonNumber.Canonical(value.GetRawText()));
                break;
            case JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null or JsonValueKind.Undefined:
                break;
        }
    }

    public UInt128 Finish()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    /// <summary>The members of an object.</summary>
    /// <param name="value">The object.</param>
    /// <param name="without">The name of one that does not count; null when all do.</param>
    public void AddMembers(JsonElement value, string? without)
    {
        var members = new SortedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var member in value.EnumerateObject())
        {
            members[ResultText.NameOf(member)] = member.Value;
        }

        if (without is not null)
        {
            members.Remove(without);
        }

        AddCount(members.Count);
        foreach (var (name, member) in members)
        {
            AddText(name);
            AddValue(member);
        }
    }

    private void AddString(JsonElement value)
    {
        // Without an escape the bytes are the text: the common case, and long answers are not copied for it.
        var quoted = JsonMarshal.GetRawUtf8Value(value);
        var text = quoted[1..^1];
        if (text.Contains((byte)'\\'))
        {
            AddText(ResultText.StringOf(value));
        }
        else
        {
            AddBytes(text);
        }
    }

    private void AddText(string text) => AddBytes(Encoding.UTF8.GetBytes(text));

    public void AddCount(int count)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
        _hash.AppendData(bytes);
    }
}
