using System.Buffers;

namespace CoAgent.Proxy.Wire;

/// <summary>One change to a message: these bytes stand where those stood.</summary>
internal readonly record struct Edit(Slice At, ReadOnlyMemory<byte> With)
{
    /// <summary>Puts bytes in without taking any away.</summary>
    public static Edit Insert(int at, ReadOnlyMemory<byte> with) => new(new Slice(at, 0), with);
}

/// <summary>
/// A message to send: the original bytes and the edits to them, joined only when it is written.
/// </summary>
/// <remarks>Edits stand in ascending order and do not overlap; <see cref="Splice(ReadOnlyMemory{byte}, Edit[])"/> sorts them.</remarks>
internal readonly struct Splice
{
    private readonly ReadOnlyMemory<byte> _source;
    private readonly Edit[] _edits;

    public Splice(ReadOnlyMemory<byte> source, params Edit[] edits)
    {
        _source = source;
        _edits = edits;
        if (edits.Length > 1)
        {
            Array.Sort(edits, static (a, b) => a.At.Start.CompareTo(b.At.Start));
        }

        var length = source.Length;
        foreach (var edit in edits)
        {
            length += edit.With.Length - edit.At.Length;
        }

        Length = length;
    }

    /// <summary>How many bytes <see cref="WriteTo"/> writes.</summary>
    public int Length { get; }

    public static implicit operator Splice(JsonRpcFrame frame) => new(frame.Utf8);

    public static implicit operator Splice(byte[] utf8) => new(utf8);

    /// <summary>Writes the message.</summary>
    public void WriteTo(IBufferWriter<byte> output)
    {
        var position = 0;
        foreach (var edit in _edits ?? [])
        {
            output.Write(_source.Span[position..edit.At.Start]);
            output.Write(edit.With.Span);
            position = edit.At.End;
        }

        output.Write(_source.Span[position..]);
    }

    /// <summary>The message as one array; the source itself when nothing changes.</summary>
    public ReadOnlyMemory<byte> ToMemory()
    {
        if (_edits is null or [])
        {
            return _source;
        }

        var joined = new ArrayBufferWriter<byte>(Length);
        WriteTo(joined);
        return joined.WrittenMemory;
    }
}
