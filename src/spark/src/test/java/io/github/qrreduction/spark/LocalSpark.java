package io.github.qrreduction.spark;

import org.apache.spark.sql.SparkSession;

/** Spark in this JVM, two threads. */
final class LocalSpark {
    private LocalSpark() {}

    /** Options that every session of the tests has: nothing outside this machine, no pages, few partitions. */
    static SparkSession.Builder builder(String master) {
        return SparkSession.builder()
                .master(master)
                .appName("test")
                .config("spark.ui.enabled", false)
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", 2)
                .config("spark.sql.warehouse.dir", "target/warehouse");
    }

    static SparkSession start() {
        return builder("local[2]").getOrCreate();
    }
}
