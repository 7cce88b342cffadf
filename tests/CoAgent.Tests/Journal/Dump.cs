using System.Collections;
using System.Globalization;
using System.Reflection;

namespace CoAgent.Tests.Journal;

/// <summary>Everything that a value is made of, as text: two entries say the same exactly when their texts are equal.</summary>
internal static class Dump
{
    public static string Of(object? value) => value switch
    {
        null => "null",
        string text => $"\"{string.Concat(text.Select(static character => $"{(int)character:x4}"))}\"",
        ReadOnlyMemory<byte> bytes => Convert.ToHexString(bytes.Span),
        DateTimeOffset time => time.ToString("O", CultureInfo.InvariantCulture),
        Enum or bool or int or long or UInt128 => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Of))}]",
        _ => $"{value.GetType().Name}({string.Join(", ", Members(value))})",
    };

    private static IEnumerable<string> Members(object value) => value.GetType()
        .GetProperties(BindingFlags.Instance | BindingFlags.Public)
        .Where(static property => property.GetIndexParameters().Length == 0 && property.GetMethod is { IsStatic: false })
        .Select(property => $"{property.Name}: {Of(property.GetValue(value))}");
}
