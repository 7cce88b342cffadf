using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Unicode;

namespace CoAgent.Runtime.Journal.Codec;

/// <summary>Reads what <see cref="FieldWriter"/> wrote; whatever else the bytes are, it throws <see cref="DamageException"/>.</summary>
internal ref struct FieldReader(ReadOnlySpan<byte> bytes)
{
    private const int NumberBytesMax = 10;

    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Checks what <see cref="FieldWriter.Seal"/> wrote, and takes it off.</summary>
    public static FieldReader Unseal(ReadOnlySpan<byte> bytes, uint seed)
    {
        DamageException.Unless(bytes.Length >= sizeof(uint), "it is too short");
        var content = bytes[..^sizeof(uint)];
        DamageException.Unless(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[^sizeof(uint)..]) == Checksum.Of(content, seed), "its checksum is another");
        return new FieldReader(content);
    }

    public readonly void End() => DamageException.Unless(_rest.IsEmpty, "it goes on behind its end");

    public byte Byte() => Take(1)[0];

    public bool Bool() => Byte() switch
    {
        0 => false,
        1 => true,
        _ => throw new DamageException("a yes or no is neither"),
    };

    public TChoice Choice<TChoice>()
        where TChoice : struct, Enum
    {
        var value = (TChoice)Enum.ToObject(typeof(TChoice), Byte());
        DamageException.Unless(Enum.IsDefined(value), $"there is no such {typeof(TChoice).Name}");
        return value;
    }

    public long Number()
    {
        var bits = 0UL;
        for (var i = 0; i < NumberBytesMax; i++)
        {
            var next = Byte();
            DamageException.Unless(i < NumberBytesMax - 1 || next <= 1, "a number is too long");
            bits |= (ulong)(next & 0x7F) << (7 * i);
            if (next < 0x80)
            {
                return (long)(bits >> 1) ^ -(long)(bits & 1);
            }
        }

        throw new DamageException("a number has no end");
    }

    public int SmallNumber()
    {
        var number = Number();
        DamageException.Unless(number is >= int.MinValue and <= int.MaxValue, "a number is too large");
        return (int)number;
    }

    /// <summary>How many things follow: never more than there are bytes.</summary>
    public int Count()
    {
        var count = Number();
        DamageException.Unless(count >= 0 && count <= _rest.Length, "a count is larger than what follows");
        return (int)count;
    }

    public long? OptionalNumber() => Bool() ? Number() : null;

    public UInt128 Bits() => BinaryPrimitives.ReadUInt128LittleEndian(Take(16));

    public DateTimeOffset Time()
    {
        var ticks = BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));
        var offset = Number();
        var local = unchecked(ticks + (offset * TimeSpan.TicksPerMinute));
        DamageException.Unless(
            offset is >= -14 * 60 and <= 14 * 60 && IsTime(ticks) && IsTime(local), "there is no such time");
        return new DateTimeOffset(local, TimeSpan.FromMinutes(offset));

        static bool IsTime(long ticks) => ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;
    }

    public ReadOnlySpan<byte> Bytes() => Take(Count());

    public string Text()
    {
        var isWellFormed = Bool();
        var text = Bytes();
        if (isWellFormed)
        {
            DamageException.Unless(Utf8.IsValid(text), "a text is no UTF-8");
            return Encoding.UTF8.GetString(text);
        }

        DamageException.Unless(text.Length % sizeof(char) == 0, "a text ends within a character");
        return new string(MemoryMarshal.Cast<byte, char>(text));
    }

    public string? OptionalText() => Bool() ? Text() : null;

    private ReadOnlySpan<byte> Take(int count)
    {
        DamageException.Unless(count <= _rest.Length, "it ends too early");
        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}

/// <summary>Bytes are not what was written; says what about them is wrong.</summary>
internal sealed class DamageException(string damage) : Exception(damage)
{
    public static void Unless([System.Diagnostics.CodeAnalysis.DoesNotReturnIf(false)] bool isSound, string damage)
    {
        if (!isSound)
        {
            throw new DamageException(damage);
        }
    }
}
