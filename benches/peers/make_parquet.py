"""Writes a log of the generator as Parquet, as pyarrow does: make_parquet.py IN.csv OUT.parquet"""

import sys

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

read = pyarrow.csv.open_csv(
    sys.argv[1],
    read_options=pyarrow.csv.ReadOptions(block_size=64 << 20),
    convert_options=pyarrow.csv.ConvertOptions(
        column_types={"timestamp": pa.timestamp("ms", "UTC"), "cost": pa.float64(), "csat": pa.uint8(),
                      "case_id": pa.string(), "product_version": pa.string(), "customer": pa.string()},
        strings_can_be_null=True),
)
with pyarrow.parquet.ParquetWriter(sys.argv[2], read.schema) as write:
    for batch in read:
        write.write_batch(batch)
