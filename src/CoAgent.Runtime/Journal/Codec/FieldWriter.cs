using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>Writes the fields of an entry one behind the other; <see cref="FieldReader"/> reads them in the same order.</summary>
/// <remarks>A number is 7 bits a byte, lowest first, its sign in the lowest bit: small ones are short.</remarks>
internal sealed class FieldWriter(int capacity)
{
    private byte[] _buffer = new byte[capacity];
    private int _length;

    /// <summary>What was written so far.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, _length);

    /// <summary>Whether nothing was written.</summary>
    public bool IsEmpty => _length == 0;

    public void Byte(byte value) => Room(1)[0] = value;

    public void Bool(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>A value of an enumeration whose members fit into a byte.</summary>
    public void Choice<TChoice>(TChoice value)
        where TChoice : struct, Enum => Byte(checked((byte)Convert.ToInt32(value)));

    public void Number(long value)
    {
        var rest = ((ulong)value << 1) ^ (ulong)(value >> 63);
        while (rest >= 0x80)
        {
            Byte((byte)(rest | 0x80));
            rest >>= 7;
        }

        Byte((byte)rest);
    }

    public void OptionalNumber(long? value)
    {
        Bool(value is not null);
        if (value is { } number)
        {
            Number(number);
        }
    }

    public void Bits(UInt128 value) => BinaryPrimitives.WriteUInt128LittleEndian(Room(16), value);

    /// <summary>When, with the offset from UTC in minutes, which is the finest that a time can have.</summary>
    public void Time(DateTimeOffset value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value.UtcTicks);
        Number(value.TotalOffsetMinutes);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Number(value.Length);
        value.CopyTo(Room(value.Length));
    }

    /// <summary>
    /// A text as UTF-8. One that is not well-formed (half of a surrogate pair) has no UTF-8; its characters are kept as they are.
    /// </summary>
    public void Text(string value)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(value.Length));
        var isWellFormed = Utf8.FromUtf16(value, bytes, out _, out var count, replaceInvalidSequences: false) == OperationStatus.Done;
        Bool(isWellFormed);
        if (isWellFormed)
        {
            Bytes(bytes.AsSpan(0, count));
        }
        else
        {
            Bytes(MemoryMarshal.AsBytes(value.AsSpan())); // an encoding would put another character for half a pair
        }

        ArrayPool<byte>.Shared.Return(bytes);
    }

    public void OptionalText(string? value)
    {
        Bool(value is not null);
        if (value is not null)
        {
            Text(value);
        }
    }

    /// <summary>Ends what was written with a checksum over it and over what identifies it.</summary>
    public void Seal(uint seed)
    {
        var checksum = Checksum.Of(Written.Span, seed);
        BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), checksum);
    }

    private Span<byte> Room(int count)
    {
        if (_buffer.Length - _length < count)
        {
            Array.Resize(ref _buffer, (int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, (long)_length + count)));
        }

        var room = _buffer.AsSpan(_length, count);
        _length += count;
        return room;
    }
}

/// <summary>CRC-32C: tells bytes that are damaged, not bytes that somebody forged.</summary>
internal static class Checksum
{
    public static uint Of(ReadOnlySpan<byte> bytes, uint seed)
    {
        var checksum = ~seed;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
        {
            checksum = BitOperations.Crc32C(checksum, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (var rest in bytes)
        {
            checksum = BitOperations.Crc32C(checksum, rest);
        }

        return ~checksum;
    }
}
